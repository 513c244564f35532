import type { ShopSession } from "../../lib/session";
import { shorten } from "../../lib/token";
import { format } from "../../lib/time";
import { Row } from "../row";

/** What the seal holds, as far as it may be shown: the id is masked, as everywhere. */
export function Unsealed({ session }: { readonly session: ShopSession }) {
  const { cookieBytes, lineage } = session.info();
  const { ballast, ...data } = session.data;
  return (
    <section className="card" aria-labelledby="unsealed">
      <h2 id="unsealed">What is sealed in it</h2>
      <dl>
        <Row name="Session id">
          <code>{session.maskedId}</code> <span className="hint">masked: it is a secret</span>
        </Row>
        <Row name="Who">{session.subject ?? "a guest"}</Row>
        <Row name="Began">{format(session.issuedAt)}</Row>
        <Row name="Last sealed or renewed">{format(session.lastSeenAt)}</Row>
        <Row name="Ends, unused">{format(session.expiresAt)}</Row>
        <Row name="Keys it came through">
          <code>{lineage.join(", ")}</code>
        </Row>
        <Row name="Data">
          <pre>
            <code>{JSON.stringify({ ...data, ...(ballast && { ballast: shorten(ballast) }) }, null, 2)}</code>
          </pre>
        </Row>
      </dl>
      <p className="hint below">
        {cookieBytes.toLocaleString("en")} bytes travel; the server keeps none of it. On its list stands only what was
        ended.
      </p>
    </section>
  );
}
