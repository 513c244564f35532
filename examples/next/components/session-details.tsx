import { type ShopSession, sessions } from "../lib/session";
import { format } from "../lib/time";
import { Countdown } from "./countdown";
import { Row } from "./row";

/** Everything about a session that may be shown. */
export async function SessionDetails({ session }: { readonly session: ShopSession }) {
  const { cookieBytes, chunks, keyId, lineage, cipher } = session.info();
  const key = (await sessions.keys()).find(({ id }) => id === keyId);
  return (
    <section className="card" aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl>
        <Row name="Signed in as">{session.subject}</Row>
        <Row name="Session id">
          <code>{session.maskedId}</code> <span className="hint">masked</span>
        </Row>
        <Row name="Issued">{format(session.issuedAt)}</Row>
        <Row name="Last seen">{format(session.lastSeenAt)}</Row>
        <Row name="Expires">
          {format(session.expiresAt)}
          {session.expiresAt && <Countdown until={session.expiresAt.getTime()} />}
        </Row>
        <Row name="Cookie">
          {cookieBytes.toLocaleString("en")} bytes in {chunks} {chunks === 1 ? "cookie" : "cookies"}
        </Row>
        <Row name="Sealed by key">
          <code>{keyId}</code> <span className="badge">{key?.state}</span>
        </Row>
        <Row name="Lineage">
          <code>{lineage.join(", ")}</code>
        </Row>
        <Row name="Cipher">
          <code>{cipher}</code>
        </Row>
      </dl>
    </section>
  );
}
