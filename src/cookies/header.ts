/** A `Cookie` header longer than this is not read: servers refuse such a request anyway (Node at 16 KB). */
export const MAX_HEADER_CHARS = 65_536;
/** So many values of one name are looked at. */
export const MAX_SAME_NAMED = 16;

/**
 * The values of the wanted cookies in a raw `Cookie` header (RFC 6265, section 5.4), every one of them where a name
 * comes several times: browsers send duplicates (another domain, path or partition), their order says nothing, and
 * parsers that keep the first or the last disagree with each other.
 *
 * Names are compared byte for byte and only spaces and tabs are trimmed, so that no look-alike passes for a prefixed
 * name. Values are not decoded: what this package writes needs no encoding.
 */
export function readCookies(header: string, wanted: (name: string) => boolean): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (header.length > MAX_HEADER_CHARS) return found;
  let equals = header.indexOf("=");
  for (let start = 0; start < header.length;) {
    const semicolon = header.indexOf(";", start);
    const end = semicolon === -1 ? header.length : semicolon;
    // Searched for only once it is passed: else a header of semicolons would be read again from each of them.
    if (equals !== -1 && equals < start) equals = header.indexOf("=", start);
    if (equals !== -1 && equals < end) {
      const name = trim(header, start, equals);
      if (wanted(name)) add(found, name, trim(header, equals + 1, end));
    }
    start = end + 1;
  }
  return found;
}

function add(found: Map<string, string[]>, name: string, value: string): void {
  if (value === "") return;
  const values = found.get(name);
  if (values === undefined) found.set(name, [value]);
  else if (values.length < MAX_SAME_NAMED && !values.includes(value)) values.push(value);
}

/** A pair of a raw header without the spaces and tabs around it and around its name; nothing else is trimmed. */
export function splitPairs(header: string): { readonly name: string; readonly pair: string }[] {
  return header.split(";").flatMap((text) => {
    const pair = trim(text, 0, text.length);
    const equals = pair.indexOf("=");
    return equals < 1 ? [] : [{ name: trim(pair, 0, equals), pair }];
  });
}

function trim(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
