import { iron } from "./support.js";
import { createHmac, pbkdf2Sync } from "node:crypto";
import * as theirs from "iron-session";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { getIronSession, nodeCookies, sealData, unsealData, type UnsealErrorReason } from "sealed-session/iron-session";
import { rawRequest, serve } from "../support/server.js";
import { SECRET } from "../support/sessions.js";

/* What this package does that iron-session does not. I1, for seals of a password: nothing else opens. */
const password = SECRET;
const options = { cookieName: "s", password };

const open = iron(options);

test("regression: without a cookie nothing looks at the clock, which a component that Next.js prefetches may not", async () => {
  const clock = vi.spyOn(Date, "now");
  onTestFinished(() => clock.mockRestore());
  await open("other=1");
  expect(clock).not.toHaveBeenCalled();
});

describe("hostile cookies", () => {
  test("no cookie whatever throws, and each is an empty session", async () => {
    const good = await sealData({ a: 1 }, { password });
    const cookies = [
      "",
      "x",
      "~",
      "~2",
      "%",
      "%E0%A4%A",
      '"',
      "Fe26.2*__proto__*a*b*c*1*d*e~2",
      `Fe26.2*constructor*${"a".repeat(64)}*${"A".repeat(22)}*${"A".repeat(22)}**${"a".repeat(64)}*${"A".repeat(43)}`,
      "Fe26.2*".repeat(2_000),
      good.slice(0, -10),
      good.replace("Fe26.2", "Fe26.1"),
      "\u0000",
      "x".repeat(60_000),
    ];
    for (const cookie of cookies) {
      const { session } = await open(`s=${cookie}`);
      expect({ ...session }).toEqual({});
    }
  });

  test("a seal whose MAC holds over what does not decrypt opens as nothing, and is called invalid", async () => {
    const [encryptionSalt, macSalt] = ["a".repeat(64), "b".repeat(64)];
    const signed = `Fe26.2*1*${encryptionSalt}*${"A".repeat(22)}*${Buffer.alloc(32, 7).toString("base64url")}*`;
    const integrity = pbkdf2Sync(password, macSalt, 1, 32, "sha1");
    const seal = `${signed}*${macSalt}*${createHmac("sha256", integrity).update(signed).digest("base64url")}~2`;
    const told: UnsealErrorReason[] = [];
    const opened = await unsealData(seal, { password, onUnsealError: (reason) => told.push(reason) });
    expect([opened, told]).toEqual([{}, ["invalid"]]);
  });

  test("nobody who does not know the password can choose the reason that is told", async () => {
    const told: UnsealErrorReason[] = [];
    const expired = (await sealData({ a: 1 }, { password, ttl: -120 })).split("*");
    const forged = [...expired];
    forged[4] = `${forged[4]?.startsWith("A") ? "B" : "A"}${forged[4]?.slice(1)}`;
    for (const seal of [expired, forged]) {
      await unsealData(seal.join("*"), { password, onUnsealError: (reason) => told.push(reason) });
    }
    expect(told).toEqual(["expired", "invalid"]);
  });

  test("a seal whose first block was turned into something else that makes sense does not open", async () => {
    const parts = (await sealData({ user: "ada" }, { password })).split("*");
    const iv = Buffer.from(parts[3] ?? "", "base64url");
    // In CBC mode a change of the initialization vector is a change of the first block: ada becomes eda.
    iv[9] = (iv[9] as number) ^ "a".charCodeAt(0) ^ "e".charCodeAt(0);
    const forged = parts.with(3, iv.toString("base64url")).join("*");
    expect(await unsealData(forged, { password })).toEqual({});
    expect((await open(`s=${forged}`)).session).toEqual({});
  });

  test("data that would poison prototypes are refused, sealed with the right password too", async () => {
    const seal = await theirs.sealData(JSON.parse('{"a":{"__proto__":{"admin":true}}}'), { password });
    expect(await unsealData(seal, { password })).toEqual({});
  });

  test("a key named like a method neither throws nor is sealed again", async () => {
    const { session, setCookies } = await open(`s=${await theirs.sealData({ save: 1, user: 2 }, { password })}`);
    await session.save();
    const seal = setCookies()[0]?.split(";")[0]?.slice(2) ?? "";
    expect(await unsealData(seal, { password })).toEqual({ user: 2 });
  });

  test.each([
    ["a number", 5],
    ["a list", [1, 2]],
    ["text", "admin"],
  ])("%s, sealed for something else, is no session", async (_what, data) => {
    const { session } = await open(`s=${await sealData(data, { password })}`);
    expect({ ...session }).toEqual({});
  });
});

describe("duplicates", () => {
  test("a bad twin, before or behind, signs nobody out", async () => {
    const good = await theirs.sealData({ user: "ada" }, { password });
    for (const twin of [
      "garbage",
      "Fe26.2*1*a*b*c*1*d*e~2",
      await theirs.sealData({ user: "eve" }, { password: "z".repeat(32) }),
    ]) {
      expect((await open(`s=${twin}; s=${good}`)).session).toEqual({ user: "ada" });
      expect((await open(`s=${good}; s=${twin}`)).session).toEqual({ user: "ada" });
    }
  });

  test("of two good ones the one that was sealed last counts", async () => {
    const older = await theirs.sealData({ user: "old" }, { password, ttl: 1_000 });
    const newer = await theirs.sealData({ user: "new" }, { password, ttl: 2_000 });
    expect((await open(`s=${older}; s=${newer}`)).session).toEqual({ user: "new" });
    expect((await open(`s=${newer}; s=${older}`)).session).toEqual({ user: "new" });
  });

  test("stale chunks beside a whole cookie, and twins of chunks, do no harm", async () => {
    const seal = await sealData({ x: "x".repeat(4_000) }, { password });
    const [first, second] = [seal.slice(0, 3_000), seal.slice(3_000)];
    const small = await sealData({ user: "ada" }, { password });
    expect((await open(`s=${small}; s.0=stale; s.1=stale`)).session).toEqual({ user: "ada" });
    for (const header of [
      `s.0=${first}; s.1=${second}`,
      `s.0=${first}; s.1=${second}; s.0=other; s.1=other`,
      `s.0=other; s.1=other; s.0=${first}; s.1=${second}`,
      `s=garbage; s.0=${first}; s.1=${second}`,
    ]) {
      expect(Object.keys((await open(header)).session)).toEqual(["x"]);
    }
  });
});

test("several saves set one cookie, and leave the application's own alone", async () => {
  const port = await serve(async (request, response) => {
    response.setHeader("set-cookie", "theme=dark");
    const session = await getIronSession<{ n: number }>(nodeCookies(request, response), options);
    for (const n of [1, 2, 3]) {
      session.n = n;
      await session.save();
    }
    response.end("saved");
  });
  const { setCookies } = await rawRequest(port, "/", []);
  expect(setCookies.map((line) => line.split("=")[0])).toEqual(["theme", "s"]);
  const { session } = await open(setCookies[1]?.split(";")[0] ?? "");
  expect(session).toEqual({ n: 3 });
});

test("a save, or a sign-out, after the headers went out is an error that says so", async () => {
  const errors: string[] = [];
  const port = await serve(async (request, response) => {
    const session = await getIronSession(request, response, options);
    response.write("sent");
    await session.save().catch((error: unknown) => errors.push((error as Error).message));
    try {
      void session.destroy();
    } catch (error) {
      errors.push((error as Error).message);
    }
    response.end();
  });
  await rawRequest(port, "/", []);
  expect(errors).toEqual(
    Array.from({ length: 2 }, () => expect.stringMatching(/^iron-session: Cannot set session cookie: /) as string),
  );
});

test("an option that is undefined counts as left out", async () => {
  const undefinedOnes = { ttl: undefined, cookieOptions: undefined, chunk: undefined, onUnsealError: undefined };
  const { session, setCookies } = await iron({ ...options, ...undefinedOnes })("");
  await session.save();
  expect(setCookies()[0]).toMatch(/; Max-Age=1209540; /);
});
