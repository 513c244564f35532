import { type PartName, PARTS, shorten, type Token } from "../../lib/token";

/** What follows each part: an asterisk, or two where a salt would be, which raw keys have no use for. */
const SEPARATORS: Readonly<Record<PartName, string>> = {
  prefix: "*",
  "key id": "**",
  iv: "*",
  ciphertext: "*",
  expiry: "**",
  mac: "",
};

/** A token with its parts in colours. They are numbered, too, as in the list that explains them. */
export function TokenText({ token }: { readonly token: Token }) {
  return (
    <p className="token">
      <code>
        {PARTS.map((part, index) => (
          <span key={part}>
            <span className={`part p${index + 1}`}>
              {shorten(token[part])}
              <sup>{index + 1}</sup>
            </span>
            {SEPARATORS[part]}
            <wbr />
          </span>
        ))}
      </code>
    </p>
  );
}
