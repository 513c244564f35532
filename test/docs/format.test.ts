import { createCipheriv, createHmac, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MAX_COOKIE_BYTES, MAX_TOTAL_BYTES } from "../../dist/cookies/chunks.js";
import { MAX_HEADER_CHARS, MAX_SAME_NAMED } from "../../dist/cookies/header.js";
import { MAX_TOKEN_CHARS } from "../../dist/seal/token.js";
import { readKit } from "../vectors/kit.mjs";

/* The worked example of docs/format.md, computed again from the page's own text with node:crypto alone. */
const page = readFileSync(new URL("../../docs/format.md", import.meta.url), "utf8");

type Lines = Readonly<Record<string, string>>;

/** The code blocks of the example, as `name = value`. */
const blocks: readonly Lines[] = [
  ...page.slice(page.indexOf("## Example")).matchAll(/^```text\n([\s\S]*?)^```$/gm),
].map(([, block = ""]) =>
  Object.fromEntries([...block.matchAll(/^(.*?) += (.*)$/gm)].map(([, name, value]) => [name, value])),
);
const [session = {}, seen = {}, ids = {}] = blocks;
const shown = (block: Lines, name: string): string =>
  block[name] ?? expect.fail(`the example does not say the ${name}`);

const material = Buffer.from(shown(session, "secret").slice("sealed_key_".length, -6), "base64url");

/** What follows HKDF's `info = ` in the page, for the key of this name. */
const infoOf = (name: string): string =>
  new RegExp(`^${name} += HKDF.*info = "(.*?)"`, "m").exec(page)?.[1] ??
  expect.fail(`the page does not say how ${name} is derived`);
const derive = (name: string, length: number, purpose = "", cookieName = ""): Buffer => {
  const info = infoOf(name).replace("<purpose>", purpose).replace("<cookie name>", cookieName);
  return Buffer.from(hkdfSync("sha256", material, "", info, length));
};
const macOf = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const base64url = (hex: string): string => Buffer.from(hex, "hex").toString("base64url");

test("the keys of the example follow from its secret", () => {
  const of = [32, shown(session, "purpose"), shown(session, "cookie name")] as const;
  expect(material.toString("hex")).toBe(shown(session, "key material"));
  expect(derive("encryption key", ...of).toString("hex")).toBe(shown(session, "encryption key"));
  expect(derive("integrity key", ...of).toString("hex")).toBe(shown(session, "integrity key"));
  expect(derive("kid", 5).toString("hex")).toBe(shown(ids, "kid"));
  expect(derive("fingerprint", 5).toString("hex")).toBe(shown(ids, "fingerprint"));
});

test("its token follows from its keys, step by step", () => {
  const iv = Buffer.from(shown(session, "iv"), "hex");
  const aes = createCipheriv("aes-256-cbc", Buffer.from(shown(session, "encryption key"), "hex"), iv);
  const ciphertext = Buffer.concat([aes.update(shown(session, "plaintext")), aes.final()]).toString("hex");
  expect(ciphertext).toBe(shown(session, "ciphertext"));
  const [kid, expiry] = [shown(session, "key id"), shown(session, "expiry")];
  const signed = `Fe26.2*${kid}**${base64url(iv.toString("hex"))}*${base64url(ciphertext)}*${expiry}`;
  expect(signed).toBe(shown(session, "signed text"));
  const mac = macOf(Buffer.from(shown(session, "integrity key"), "hex"), signed);
  expect(mac.toString("hex")).toBe(shown(session, "mac"));
  const cookie = `__Host-${shown(session, "cookie name")}.guest=${signed}**${mac.toString("base64url")}`;
  expect(cookie).toBe(shown(session, "cookie"));
});

test("its renewal follows from the session", () => {
  const [name, kid] = [shown(session, "cookie name"), shown(session, "key id")];
  const integrity = derive("integrity key", 32, shown(seen, "purpose"), name);
  expect(integrity.toString("hex")).toBe(shown(seen, "integrity key"));
  const { sid } = JSON.parse(shown(session, "plaintext")) as { sid: string };
  const [ren, deadline] = shown(seen, "signed text").split(".").slice(1);
  expect(`${sid}.${ren}.${deadline}.${kid}`).toBe(shown(seen, "signed text"));
  const mac = macOf(integrity, shown(seen, "signed text"));
  expect(mac.toString("hex")).toBe(shown(seen, "mac"));
  expect(`__Host-${name}.seen=${ren}.${deadline}.${kid}.${mac.toString("base64url")}`).toBe(shown(seen, "cookie"));
});

test("the example is the files of the test vectors that it names", () => {
  const named = [...page.slice(page.indexOf("## Example")).matchAll(/`((?:sessions|seen)\/[\w-]+)\.txt`/g)];
  const bodies = named.map(([, name]) =>
    readKit()
      .find(({ path }) => path === name)
      ?.body.split("\n")
      .at(-1),
  );
  expect(bodies).toEqual([shown(session, "cookie"), shown(seen, "cookie")]);
});

test("the page's limits are those of the code", () => {
  const limits = [
    [MAX_TOKEN_CHARS, "more than {} characters"],
    [MAX_HEADER_CHARS, "more than {} characters"],
    [MAX_SAME_NAMED, "first {} different values"],
    [MAX_SAME_NAMED, "at most {} tokens of one label"],
    [MAX_COOKIE_BYTES, "would pass {} bytes"],
    [MAX_TOTAL_BYTES, "stay below {} bytes"],
  ] as const;
  for (const [limit, text] of limits) expect(page).toContain(text.replace("{}", limit.toLocaleString("en")));
});
