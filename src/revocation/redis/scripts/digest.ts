const digests = new Map<string, Promise<string>>();

/** @returns the SHA-1 of a script, by which the server knows one that it has seen */
export function digestOf(lua: string): Promise<string> {
  const made = digests.get(lua) ?? sha1(lua);
  digests.set(lua, made);
  return made;
}

async function sha1(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
