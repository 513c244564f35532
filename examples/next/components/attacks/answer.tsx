import type { Exchange } from "../../lib/attacks/exchange";

/** A request and what came back. */
export function AnsweredRequest({ exchange: { what, cookie, answer, attack } }: { readonly exchange: Exchange }) {
  const { subject, session, rejection } = answer.seen;
  return (
    <li className={attack ? "exchange attack" : "exchange"}>
      <p>{what}</p>
      <pre>
        <code>
          GET /api/session{"\n"}Cookie:{" "}
          {cookie.map(({ text, changed }, index) =>
            // The pieces of one request never change places.
            changed ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
          )}
        </code>
      </pre>
      <p data-testid="answer">
        <span aria-hidden="true">→ </span>
        {answer.status}: {subject ?? (session ? "a guest" : "nobody")}
        {rejection && (
          <>
            , refused as <code>{rejection}</code>
          </>
        )}
      </p>
    </li>
  );
}

/** Whether what was sent as an attack was taken for somebody. */
export function verdictOf(exchanges: readonly Exchange[]): "held" | "broken" | undefined {
  if (exchanges.length === 0) return undefined;
  const taken = exchanges.some(({ attack, answer }) => attack && answer.seen.session !== null);
  return taken ? "broken" : "held";
}
