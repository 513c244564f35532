import { replaceLeakedKeys, rotateKeys } from "../../app/actions/admin";

/** The two ways to change a ring: in good time, and after a leak. */
export function KeyActions() {
  return (
    <div className="choices">
      <form action={rotateKeys} className="stack tight">
        <button className="primary">Rotate the key</button>
        <p className="hint">
          A new key opens at once and seals 25 seconds later, when every server has it. Nobody is signed out.
        </p>
      </form>
      <form action={replaceLeakedKeys} className="stack tight">
        <button>A key leaked: replace all</button>
        <p className="hint">Every key is revoked and a new one seals at once. Everybody is signed out.</p>
      </form>
    </div>
  );
}
