import { MAX_HEADER_CHARS, splitPairs } from "../../cookies/header.js";
import { CommandFailure } from "../exit.js";

/** What was pasted, as cookies. */
export interface Pasted {
  readonly form: "cookie header" | "set-cookie" | "value";
  /** As a browser would send it; for a bare value that value. */
  readonly text: string;
  /** Bytes of the whole lines of `Set-Cookie`, attributes included, by the cookie's name. */
  readonly lineBytes: ReadonlyMap<string, number>;
  /** Names of cookies that the lines remove. */
  readonly removed: readonly string[];
}

/** A header as such, or in a log of curl's. */
const FIELD = /^[<>*]?[ \t]*(set-cookie|cookie)[ \t]*:(.*)$/i;
const ATTRIBUTE = /^(?:path|domain|expires|max-age|samesite|priority)=|^(?:secure|httponly|partitioned)$/i;
const NONE: ReadonlyMap<string, number> = new Map();

/**
 * Finds out what was pasted: a `Cookie` header, `Set-Cookie` lines, both also among other headers, or a bare value.
 *
 * @throws CommandFailure when it is too long for any server, or both kinds of header at once
 */
export function readPasted(pasted: string): Pasted {
  const lines = pasted
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  const fields = lines.flatMap((line) => {
    const [, field, value = ""] = FIELD.exec(line) ?? [];
    return field === undefined ? [] : [{ field: field.toLowerCase(), value: value.trim() }];
  });
  const found = fields.length > 0 ? fromFields(fields) : fromBareLines(lines);
  if (found.text.length <= MAX_HEADER_CHARS) return found;
  throw new CommandFailure(
    "usage",
    `That is too long for cookies: ${found.text.length} characters`,
    `Sessions above ${MAX_HEADER_CHARS} characters of headers are refused unread`,
  );
}

function fromFields(fields: readonly { readonly field: string; readonly value: string }[]): Pasted {
  const values = (wanted: string): string[] => fields.flatMap(({ field, value }) => (field === wanted ? [value] : []));
  const [cookies, setCookies] = [values("cookie"), values("set-cookie")];
  if (cookies.length > 0 && setCookies.length > 0) {
    throw new CommandFailure(
      "usage",
      "There are both a Cookie header and Set-Cookie lines, of a request and of its response",
      "Give one of them at a time",
    );
  }
  return setCookies.length > 0 ? fromSetCookies(setCookies) : headerOf(cookies);
}

function fromBareLines(lines: readonly string[]): Pasted {
  if (lines.every(isSetCookie)) return fromSetCookies(lines);
  const [only = ""] = lines;
  const bare = lines.length === 1 && (only.startsWith("Fe26.") || !only.includes("="));
  return bare ? { form: "value", text: only, lineBytes: NONE, removed: [] } : headerOf(lines);
}

function headerOf(lines: readonly string[]): Pasted {
  return { form: "cookie header", text: lines.join("; "), lineBytes: NONE, removed: [] };
}

function isSetCookie(line: string): boolean {
  const [, ...parts] = line.split(";").map((part) => part.trim());
  const attributes = parts.filter((part) => part !== "");
  return attributes.length > 0 && attributes.every((part) => ATTRIBUTE.test(part));
}

function fromSetCookies(lines: readonly string[]): Pasted {
  const cookies = lines.flatMap((line) => {
    const [first] = splitPairs(line.split(";", 1)[0] ?? "");
    return first ? [{ ...first, bytes: Buffer.byteLength(line), empty: first.pair.endsWith("=") }] : [];
  });
  const kept = cookies.filter(({ empty }) => !empty);
  return {
    form: "set-cookie",
    text: kept.map(({ pair }) => pair).join("; "),
    lineBytes: new Map(kept.map(({ name, bytes }) => [name, bytes])),
    removed: cookies.flatMap(({ name, empty }) => (empty ? [name] : [])),
  };
}
