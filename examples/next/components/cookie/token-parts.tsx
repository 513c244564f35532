import { format } from "../../lib/time";
import { type PartName, PARTS, type Token } from "../../lib/token";

const WORDS: Readonly<Record<PartName, (token: Token) => string>> = {
  prefix: () => "The format: iron’s, in its second version.",
  "key id": () => "Which key of the ring sealed it. It is looked up, never guessed.",
  iv: () => "Random for each seal, so that the same session never looks the same.",
  ciphertext: ({ ciphertext }) =>
    `The session, encrypted with AES-256-CBC: ${ciphertext.length.toLocaleString("en")} characters.`,
  expiry: ({ expiry }) => `When it ends if it is not used: ${format(Number(expiry))}, in milliseconds.`,
  mac: () => "HMAC-SHA-256 over everything before it. It is compared first; until it is right, nothing is believed.",
};

export function TokenParts({ token }: { readonly token: Token }) {
  return (
    <ol className="parts">
      {PARTS.map((part, index) => (
        <li key={part}>
          <strong className={`part p${index + 1}`}>{part}</strong> {WORDS[part](token)}
        </li>
      ))}
    </ol>
  );
}
