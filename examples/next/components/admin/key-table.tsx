import type { KeyStatus } from "sealed-session";
import { formatShort } from "../../lib/time";

/** The timeline in words. */
export function KeyTable({ keys }: { readonly keys: readonly KeyStatus[] }) {
  return (
    <div className="scroll" role="region" aria-label="Keys" tabIndex={0}>
      <table data-testid="keys">
        <caption>Times are UTC</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">State</th>
            <th scope="col">Seals from</th>
            <th scope="col">Opens until</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row">
                <code>{key.id}</code>
              </th>
              <td>
                <span className={`badge ${key.state}`}>{key.state}</span>
              </td>
              <td>{formatShort(key.activateAt)}</td>
              <td>{end(key)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function end({ revokedAt, retireAt }: KeyStatus): string {
  if (revokedAt !== undefined) return `revoked ${formatShort(revokedAt)}`;
  return retireAt === undefined ? "not planned" : formatShort(retireAt);
}
