import { beforeAll, describe, expect, inject, it } from "vitest";
import { useChromium } from "./support/browser.js";
import { detail, sessionCookie, signIn, signOut } from "./support/shop.js";
import { askEverySurface, everywhere } from "./support/surfaces.js";

/*
 * Browsers send cookies of one name several times (another domain, path or partition). Next.js' own parsers keep the
 * first or the last of them, each surface another, so these requests go out as raw bytes.
 */

const demo = inject("demo");
const visitor = useChromium(() => demo);

let good = "";
let goodId = "";
let otherUser = "";
const twins: Record<string, string> = {};

beforeAll(async () => {
  const signedOut = await visitor();
  await signIn(signedOut.page, "Jon");
  twins["revoked"] = await sessionCookie(signedOut.context);
  await signOut(signedOut.page);

  const another = await visitor();
  await signIn(another.page, "Kim");
  otherUser = await sessionCookie(another.context);

  const { page, context } = await visitor();
  await signIn(page, "Jon");
  good = await sessionCookie(context);
  await page.goto("/account");
  goodId = (await detail(page, "Session id")).split(" ")[0] ?? "";
  twins["tampered"] = good.slice(0, -4) + (good.endsWith("AAAA") ? "BBBB" : "AAAA");
  twins["malformed"] = "demo=nothing-of-ours";
});

describe.each(["tampered", "malformed", "revoked"])("a %s twin", (kind) => {
  it.each([
    ["first", () => [`${twins[kind]}; ${good}`]],
    ["last", () => [`${good}; ${twins[kind]}`]],
    ["in a header line before", () => [String(twins[kind]), good]],
    ["in a header line after", () => [good, String(twins[kind])]],
  ])("%s: every surface finds the good one", async (_place, lines) => {
    expect(await askEverySurface(demo, lines())).toEqual(everywhere(["Jon", goodId, "node:crypto"]));
  });
});

it.each([
  ["one line", () => [`${good}; ${otherUser}`]],
  ["one line, the other way round", () => [`${otherUser}; ${good}`]],
  ["two lines", () => [good, otherUser]],
  ["two lines, the other way round", () => [otherUser, good]],
])("two live sessions in %s: every surface takes the request for nobody's", async (_form, lines) => {
  expect(await askEverySurface(demo, lines())).toEqual(everywhere(["nobody", "ambiguous", "node:crypto"]));
});

const encoded = () => otherUser.replace("Fe26", "%46e26");

it.each([
  ["first", () => [`${encoded()}; ${good}`]],
  ["last", () => [`${good}; ${encoded()}`]],
])("regression: a percent-encoded twin %s, which Next.js decodes, does not displace the real one", async (_, lines) => {
  expect(await askEverySurface(demo, lines())).toEqual(everywhere(["Jon", goodId, "node:crypto"]));
});

it("regression: a percent-encoded session is no session", async () => {
  expect(await askEverySurface(demo, [encoded()])).toEqual(everywhere(["nobody", "malformed", "node:crypto"]));
});
