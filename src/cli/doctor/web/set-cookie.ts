/** A `Set-Cookie` line as a browser reads it. Names of attributes are in lower case. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly bytes: number;
}

/** Reads a line (RFC 6265, section 5.2): of an attribute that comes twice, the last one counts. */
export function readSetCookie(line: string): SetCookie {
  const [pair = "", ...rest] = line.split(";");
  const [name, value] = splitOnce(pair);
  const attributes = new Map(
    rest.map((text) => {
      const [attribute, setting] = splitOnce(text);
      return [attribute.toLowerCase(), setting];
    }),
  );
  // Node hands out header bytes as latin1: one character, one byte.
  return { name, value, attributes, bytes: line.length };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Whether the line removes the cookie. */
export function removes({ attributes }: SetCookie, now: number): boolean {
  const maxAge = maxAgeOf(attributes.get("max-age"));
  if (maxAge !== undefined) return maxAge <= 0;
  const expires = Date.parse(attributes.get("expires") ?? "");
  return expires <= now;
}

/** Seconds; `undefined` where browsers ignore what stands there. */
export function maxAgeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
