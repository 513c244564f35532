import { expect, test } from "vitest";
import { SECRET, testManager, visit } from "../support/sessions.js";
import { bareKeyId, deriveKeys, writeToken } from "../seal/reader.js";

/* I6, for tokens of another program, which writes its JSON in its own way. */

/** Opens a guest's session with this plaintext, twice: the second time the token is known. */
async function visits(plaintext: (iat: number) => string) {
  const { sessions, name, clock } = testManager();
  const iat = clock.now();
  const keys = deriveKeys(SECRET, "session", name);
  const token = writeToken(plaintext(iat), bareKeyId(SECRET), keys, iat + 3_600_000);
  const header = `__Host-${name}.guest=${token}`;
  return [await visit(sessions, header), await visit(sessions, header)];
}

test("regression: whoever does not touch the data of a token writes nothing, however its JSON is spaced", async () => {
  const spaced = (iat: number): string =>
    `{"sid":"AAECAwQFBgcICQoLDA0ODw","iat":${iat},"max":86400,"gen":"0","dat":{ "a": 1 }}`;
  for (const { session, setCookies } of await visits(spaced)) {
    expect(session.isNew).toBe(false);
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
    expect(setCookies()).toEqual([]);
  }
});

test("data that come before other members can be read without being written anew", async () => {
  const inAnotherOrder = (iat: number): string =>
    `{"dat": { "a": 1 }, "gen": "0", "max": 86400, "iat": ${iat}, "sid": "AAECAwQFBgcICQoLDA0ODw"}`;
  for (const { session, setCookies } of await visits(inAnotherOrder)) {
    expect(session.data).toEqual({ a: 1 });
    expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
    session.set("a", 2);
    expect(await session.save()).toEqual({ written: true });
    expect(setCookies()).toHaveLength(1);
  }
});
