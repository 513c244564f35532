import { describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { Browser, copyOf } from "../../support/sessions.js";
import { application, thrown } from "./support/application.js";
import { stoppableManager } from "./support/store.js";

describe("the subject", () => {
  const subject = (data: object): string | undefined => (data as { userId?: string }).userId;

  test("a login() of the application's own keeps the guest's data, and needs no data to hold", async () => {
    const { visit, read, sessions } = await application();
    await visit(({ session }) => void (session.colour = "blue"));
    await visit(({ session }) => session.login("ada"));
    await visit(({ session }) => void (session.views = 1));
    expect(await read(({ session }) => [session.subject, { ...session }])).toEqual([
      "ada",
      { colour: "blue", views: 1 },
    ]);
    await visit(({ session }) => session.login("bob"));
    expect(await read(({ session }) => [session.subject, { ...session }])).toEqual(["bob", {}]);
    await sessions.revokeSubject("bob");
    expect(await read(({ session }) => session.subject)).toBeUndefined();
  });

  test("revokeOthers() ends the subject's other sessions and saves this one", async () => {
    const { visit, read, browser } = await application();
    await visit(({ session }) => session.login("ada"));
    const other = new Browser();
    await visit(({ session }) => session.login("ada"), other);
    await visit(async ({ session }) => {
      session.views = 1;
      await session.revokeOthers();
    });
    expect(await read(({ session }) => [session.subject, session.views], browser)).toEqual(["ada", 1]);
    expect(await read(({ session }) => session.rejection, other)).toBe("revoked");
  });

  test("a user id put into the data signs in under a new id, and out again", async () => {
    const { visit, read, browser, cookie } = await application(stoppableManager(), { subject });
    await visit(({ session }) => void (session.colour = "blue"));
    const guest = copyOf(browser);
    const signedIn = await visit(({ session }) => void Object.assign(session, { userId: "ada" }));
    expect(signedIn.names).toEqual([cookie, `-${cookie}.guest`]);
    expect(await read(({ session }) => session.rejection, guest)).toBe("superseded");
    const ada = copyOf(browser);
    const signedOut = await visit(({ session }) => void Reflect.deleteProperty(session, "userId"));
    expect(signedOut.names).toEqual([`-${cookie}`, `${cookie}.guest`]);
    expect(await read(({ session }) => session.rejection, ada)).toBe("revoked");
  });

  test("after a sign-out by the data what is left goes on as a guest's", async () => {
    const { visit, read } = await application(stoppableManager(), { subject });
    await visit(({ session }) => void Object.assign(session, { userId: "ada", colour: "blue" }));
    await visit(({ session }) => void Reflect.deleteProperty(session, "userId"));
    const left = await read(({ session }) => [session.subject, { ...session }, session.isNew]);
    expect(left).toEqual([undefined, { colour: "blue" }, false]);
  });

  test("another user id in the data is another session: the first ends, and the data are what the application says", async () => {
    const { visit, read, browser, sessions } = await application(stoppableManager(), { subject });
    await visit(({ session }) => void Object.assign(session, { userId: "ada", colour: "blue" }));
    const ada = copyOf(browser);
    await visit(({ session }) => void Object.assign(session, { userId: "bob" }));
    const now = await read(({ session }) => [session.subject, { ...session }]);
    expect(now).toEqual(["bob", { userId: "bob", colour: "blue" }]);
    expect(await read(({ session }) => session.rejection, ada)).toBe("revoked");
    await sessions.revokeSubject("ada");
    expect(await read(({ session }) => session.subject)).toBe("bob");
  });

  test("a login() that contradicts the data is refused, and one that agrees is the same", async () => {
    const { visit, read } = await application(stoppableManager(), { subject });
    const error = await read(({ session }) => {
      Object.assign(session, { userId: "ada" });
      return thrown(() => session.login("bob"));
    });
    expect(error).toBeInstanceOf(ConfigurationError);
    await visit(async ({ session }) => {
      Object.assign(session, { userId: "ada" });
      await session.login("ada");
    });
    expect(await read(({ session }) => session.subject)).toBe("ada");
  });

  test("a subject that cannot be one is an error, not a guest", async () => {
    for (const odd of [() => 42, () => "", () => "x".repeat(257)]) {
      const { visit } = await application(stoppableManager(), { subject: odd as unknown as () => string });
      expect((await visit(({ session }) => void (session.views = 1))).status).toBe(500);
    }
  });

  test("data under passport that Passport never put there sign nobody in", async () => {
    const users = [null, "", {}, { id: {} }, { id: null }, true, [1]];
    for (const passport of [null, "x", 5, [], ...users.map((user) => ({ user }))]) {
      const { visit, read } = await application();
      await visit(({ session }) => void Object.assign(session, { passport }));
      expect(await read(({ session }) => session.subject)).toBeUndefined();
    }
  });
});
