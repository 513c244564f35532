import { putBallast, takeBallast } from "../app/actions/ballast";

export function SessionSize({ ballast, chunks }: { readonly ballast: number; readonly chunks: number }) {
  return (
    <section className="card stack" aria-labelledby="size">
      <h2 id="size">Make it large</h2>
      <p className="hint">
        A browser keeps about 4 KB per cookie. A larger session is split over <code>demo.0</code> to <code>demo.3</code>
        ; at the moment it needs {chunks === 1 ? "one cookie" : `${chunks} cookies`}.
      </p>
      {ballast === 0 ? (
        <form action={putBallast}>
          <button>Put 9 KB into the session</button>
        </form>
      ) : (
        <form action={takeBallast}>
          <button>Take it out again</button>
        </form>
      )}
    </section>
  );
}
