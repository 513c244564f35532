import { describe, expect, test } from "vitest";
import { z } from "zod";
import { application } from "../support/application.js";
import { play } from "../support/play.js";
import { Browser, visit } from "../support/sessions.js";

describe("versions", () => {
  const V1 = z.object({ name: z.string().default("") });
  const V2 = z.object({
    user: z.object({ name: z.string() }).default({ name: "" }),
    theme: z.string().default("light"),
  });
  const calls: [unknown, number][] = [];
  const migrate = (old: unknown, fromVersion: number): unknown => {
    calls.push([old, fromVersion]);
    return { user: { name: (old as { name: string }).name } };
  };

  async function storedByV1() {
    const app = application();
    const v1 = app.deploy({ schema: V1, schemaVersion: 1 });
    const browser = new Browser();
    await play(v1, browser, (session) => ((session.data.name = "Ada"), session.login("ada")));
    calls.length = 0;
    return { app, v1, browser };
  }

  test("an older session is migrated at every open until it is saved in the new form", async () => {
    const { app, browser } = await storedByV1();
    const v2 = app.deploy({
      schema: V2,
      schemaVersion: 2,
      migrate: async (...args) => Promise.resolve(migrate(...args)),
    });
    for (let i = 0; i < 2; i++) {
      const { setCookies } = await play(v2, browser, async (session) => {
        expect([session.subject, session.data]).toEqual(["ada", { user: { name: "Ada" }, theme: "light" }]);
        await session.save();
      });
      expect(setCookies).toEqual([]);
    }
    expect(calls).toEqual([
      [{ name: "Ada" }, 1],
      [{ name: "Ada" }, 1],
    ]);
    await play(v2, browser, (session) => ((session.data.theme = "dark"), session.save()));
    await play(v2, browser, (session) => expect(session.data).toEqual({ user: { name: "Ada" }, theme: "dark" }));
    expect(calls).toHaveLength(3);
  });

  test("data of the current version that no longer fits goes to migrate, too", async () => {
    const app = application();
    const browser = new Browser();
    await play(app.withoutSchema(), browser, (session) => (session.set("name", "Ada"), session.save()));
    calls.length = 0;
    const sessions = app.deploy({ schema: V2.strict(), migrate });
    await play(sessions, browser, (session) => expect(session.data.user.name).toBe("Ada"));
    expect(calls).toEqual([[{ name: "Ada" }, 0]]);
  });

  test("without migrate, older data is used if it fits", async () => {
    const { app, browser } = await storedByV1();
    const fits = app.deploy({ schema: V1.extend({ more: z.number().default(0) }), schemaVersion: 2 });
    await play(fits, browser, (session) => expect(session.data).toEqual({ name: "Ada", more: 0 }));
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("cannot");
      },
    ],
    ["rejects", () => Promise.reject(new Error("cannot"))],
    ["gives what does not fit either", () => ({ user: 7 })],
    ["gives nothing", () => undefined],
    ["gives what JSON cannot carry", () => ({ user: { name: "Ada" }, at: new Date() })],
  ] as [string, () => unknown][])("a migration that %s is a rejection, not a crash", async (_what, broken) => {
    const { app, browser } = await storedByV1();
    const sessions = app.deploy({ schema: z.looseObject(V2.shape), schemaVersion: 2, migrate: broken });
    await play(sessions, browser, (session) => expect([session.isNew, session.rejection]).toEqual([true, "schema"]));
  });

  describe("a session of a newer one (a deployment was rolled back)", () => {
    async function storedByV2() {
      const { app, v1, browser } = await storedByV1();
      const v2 = app.deploy({ schema: V2, schemaVersion: 2, migrate });
      await play(v2, browser, (session) => ((session.data.theme = "dark"), session.save()));
      const stays = (): Promise<unknown> =>
        play(v2, browser, (session) => {
          expect([session.subject, session.data]).toEqual(["ada", { user: { name: "Ada" }, theme: "dark" }]);
        });
      return { app, v1, v2, browser, stays };
    }

    test("opens with its identity only", async () => {
      const { v1, browser } = await storedByV2();
      await play(v1, browser, (session) => {
        expect([session.isNew, session.subject, session.rejection, session.data]).toEqual([
          false,
          "ada",
          undefined,
          { name: "" },
        ]);
      });
    });

    test("is never overwritten by a save", async () => {
      const { v1, browser, stays } = await storedByV2();
      const { result, setCookies } = await play(
        v1,
        browser,
        (session) => ((session.data.name = "Eve"), session.save()),
      );
      expect([result, setCookies]).toEqual([{ written: false, reason: "newer_schema" }, []]);
      await stays();
    });

    test("keeps its data through regenerate, revokeOthers and a login of the same subject", async () => {
      const { v1, browser, stays } = await storedByV2();
      await play(v1, browser, (session) => session.regenerate());
      await stays();
      await play(v1, browser, (session) => session.revokeOthers());
      await stays();
      await play(v1, browser, (session) => ((session.data.name = "Eve"), session.login("ada")));
      await stays();
    });

    test("starts empty when someone else signs in", async () => {
      const { v1, browser } = await storedByV2();
      await play(v1, browser, async (session) => {
        await session.login("bob");
        session.data.name = "Bob";
        expect(await session.save()).toEqual({ written: true });
      });
      await play(v1, browser, (session) => expect([session.subject, session.data]).toEqual(["bob", { name: "Bob" }]));
    });

    test("is renewed, and can be signed out", async () => {
      const { app, v1, v2, browser } = await storedByV2();
      app.clock.advance(30 * 60_000);
      const { result } = await play(v1, browser, (session) => session.save());
      expect(result).toEqual({ written: true, reason: "renewed" });
      const copy = browser.header;
      await play(v1, browser, (session) => session.destroy());
      expect((await visit(v2, copy)).session.rejection).toBe("revoked");
    });
  });
});
