import { sessions } from "../lib/session";
import { format } from "../lib/time";

/** The keys and their states. Their secrets are nowhere in it. */
export async function KeyRing() {
  const keys = await sessions.keys();
  return (
    <section className="card stack" aria-labelledby="ring">
      <h2 id="ring">Key ring</h2>
      <table data-testid="keys">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">State</th>
            <th scope="col">Seals from</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(({ id, state, activateAt }) => (
            <tr key={id}>
              <td>
                <code>{id}</code>
              </td>
              <td>
                <span className="badge">{state}</span>
              </td>
              <td>{activateAt > 0 ? format(new Date(activateAt)) : "always"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
