import { makeSessionCookie } from "sealed-session/testing";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { bitFlips, FIELDS, withField } from "../attacks/support/tampering.js";
import { demoSessions, untilDemoKnows } from "./support/demo-sessions.js";
import { rawRequest } from "./support/raw-http.js";
import { askEverySurface, everywhere, type Seen } from "./support/surfaces.js";

/*
 * The attacks of test/attacks that Next.js could spoil: it parses cookies itself, in more than one way, and each of its
 * surfaces reads the session by another one. Duplicates and replay after a sign-out have files of their own here.
 */
const demo = inject("demo");
const sessions = demoSessions();

const CIPHER = "node:crypto";
const nobody = (why: string): Seen => ["nobody", why, CIPHER];

async function tokenOf(subject: string): Promise<string> {
  const [cookie] = await makeSessionCookie({ sessions, subject, url: demo });
  return cookie?.value ?? "";
}

let token = "";
let stranger = "";
let jon: Seen;

beforeAll(async () => {
  [token, stranger] = await Promise.all([tokenOf("Jon"), tokenOf("Kim")]);
  jon = (await askEverySurface(demo, [`demo=${token}`])).component;
});

it("what the attacks start from is one session on every surface", async () => {
  expect(jon[0]).toBe("Jon");
  expect(await askEverySurface(demo, [`demo=${token}`])).toEqual(everywhere(jon));
});

describe("a bit flipped", () => {
  /** Still in the token's format, so that only the key or the MAC can tell. */
  const LIKE_OURS = /^\w+\.\w\*\w+\*\*[\w-]+\*[\w-]+\*[1-9]\d*\*\*[\w-]+$/;

  // One of each field that has any; test/attacks flips every one of them.
  it.each(FIELDS.filter((field) => !field.includes("salt")))("in the %s: nobody, on every surface", async (field) => {
    const flips = bitFlips(token).filter(({ what }) => what.endsWith(` of the ${field} flipped`));
    const { token: forged = "" } = flips.find((flip) => LIKE_OURS.test(flip.token)) ?? {};
    const why = { prefix: "malformed", kid: "unknown_key" }[field as string] ?? "tampered";
    expect(await askEverySurface(demo, [`demo=${forged}`])).toEqual(everywhere(nobody(why)));
  });
});

/** What makes parsers throw, decode, trim, or read something else; and why the session is then refused. */
const HOSTILE: readonly (readonly [what: string, header: () => string, why: string])[] = [
  ["a key named __proto__", () => `demo=${withField(token, "kid", "__proto__")}`, "unknown_key"],
  ["a key named constructor", () => `demo=${withField(token, "kid", "constructor")}`, "unknown_key"],
  ["a bad escape in another cookie", () => "theme=%E0%A4%A", "none"],
  ["an escaped line break", () => "demo=%0d%0aSet-Cookie:%20evil=1", "malformed"],
  ["half a quote", () => `demo="${token}`, "malformed"],
  ["quotes", () => `demo="${token}"`, "malformed"],
  ["bytes above ASCII", () => "demo=\u00e9\u00ff\u0080", "malformed"],
  ["$Version and quotes", () => `$Version=1; demo="${token}"; $Path="/"`, "malformed"],
  ["another version", () => `demo=${withField(token, "prefix", "Fe26.1")}`, "malformed"],
  ["a salt of 4 KB", () => `demo=${withField(token, "salt", "5".repeat(4_096))}`, "malformed"],
  ["an iron-session seal", () => "demo=Fe26.2*1*a*b*c*9999999999999*d*e~2", "malformed"],
  ["a guest's place", () => `demo.guest=${token}`, "misplaced"],
  ["chunks that are none", () => "demo.0=9AAAAx; demo.1=2AAAAx; demo.2=; demo.0=4", "none"],
  ["chunks that claim to be four", () => "demo.0=4AAAAx; demo.1=4AAAAx; demo.2=4AAAAx; demo.3=4AAAAx", "malformed"],
  ["a no-break space before the name", () => `\u00a0demo=${token}`, "none"],
  ["a next-line character behind the name", () => `demo\u0085=${token}`, "none"],
  ["a prefix", () => `__Host-demo=${token}`, "none"],
  ["another case", () => `Demo=${token}`, "none"],
  ["regression: the name without a value", () => "demo", "none"],
  ["regression: every name without a value", () => "demo; demo.guest; demo.seen; demo.flash; demo.0; demo.1", "none"],
  ["regression: a no-break space behind the value", () => "demo=x\u00c2\u00a0", "malformed"],
  ["regression: a no-break space before the value", () => "demo=\u00a0x", "malformed"],
  ["names of every object", () => "__proto__=x; constructor=y; toString=z; hasOwnProperty=1", "none"],
  ["no names at all", () => "=x; =; ;;; ;=;", "none"],
];

describe.each(HOSTILE)("%s", (_what, header, why) => {
  it("is nobody, and no error, on every surface", async () => {
    expect(await askEverySurface(demo, [header()])).toEqual(everywhere(nobody(why)));
  });

  it("before or behind a good cookie it signs nobody out", async () => {
    for (const lines of [[`${header()}; demo=${token}`], [`demo=${token}; ${header()}`], [header(), `demo=${token}`]]) {
      expect(await askEverySurface(demo, lines)).toEqual(everywhere(jon));
    }
  });
});

it("a bad escape, which Next.js passes over and we refuse, is nobody too, and signs nobody out", async () => {
  const bad = "demo=%E0%A4%A";
  const seen = Object.values(await askEverySurface(demo, [bad]));
  expect(seen.map(([who]) => who)).toEqual(seen.map(() => "nobody"));
  for (const line of [`${bad}; demo=${token}`, `demo=${token}; ${bad}`]) {
    expect(await askEverySurface(demo, [line])).toEqual(everywhere(jon));
  }
});

it("a jar full of foreign cookies, 12 KB of them, takes nothing away", async () => {
  const foreign = Array.from({ length: 60 }, (_, at) => `f${at}=${"v".repeat(190)}`).join("; ");
  expect(await askEverySurface(demo, [`${foreign}; demo=${token}`])).toEqual(everywhere(jon));
});

it("nobody can write with a forged, a revoked, or an ambiguous session: what is set is an anonymous guest's", async () => {
  const revoked = await tokenOf("Rae");
  const live = async (line: string): Promise<Seen> => (await askEverySurface(demo, [line]))["route handler"];
  expect((await live(`demo=${revoked}`))[0]).toBe("Rae");
  const [cookie] = await makeSessionCookie({ sessions, subject: "Rae", rejection: "revoked", url: demo });
  await untilDemoKnows();
  const carried = [
    `demo=${withField(token, "expiry", "9999999999999")}`,
    `demo=${cookie?.value}`,
    `demo=${token}; demo=${stranger}`,
  ];
  for (const line of carried) {
    const { status, setCookies, header } = await rawRequest(demo, {
      method: "POST",
      path: "/api/cart",
      headers: [`Cookie: ${line}`, "Content-Type: application/json"],
      body: '{"item":"honey"}',
    });
    expect(status).toBe(200);
    expect(header("cache-control")).toBe("private, no-store");
    const names = setCookies.map((text) => text.slice(0, text.indexOf("="))).sort();
    expect(names).toEqual(["demo.flash", "demo.guest"]);
    const guest = setCookies.find((text) => text.startsWith("demo.guest="))?.split(";")[0] ?? "";
    expect((await live(guest))[0]).toBe("nobody");
  }
  expect(await askEverySurface(demo, [`demo=${token}`])).toEqual(everywhere(jon));
});
