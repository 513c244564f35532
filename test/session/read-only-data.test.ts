import { expect, test } from "vitest";
import type { Session } from "sealed-session";
import { readOnlyView } from "../../dist/session/read-only.js";
import { play } from "../support/play.js";
import { Browser, testManager, visit } from "../support/sessions.js";

async function view(data: Record<string, unknown>) {
  const { session } = await visit(testManager().sessions, "");
  session.data = data;
  return { view: readOnlyView(session, () => new RangeError("read only")), session };
}

test("frozen data can be read through a read-only view", async () => {
  const { view: seen } = await view({ items: Object.freeze([Object.freeze({ id: 1 })]) });
  const items = seen.data["items"] as readonly { id: number }[];
  expect([items[0]?.id, items.length, items.map(({ id }) => id), [...items]]).toEqual([1, 1, [1], [{ id: 1 }]]);
  expect(items.includes(items[0] as { id: number })).toBe(true);
  expect(JSON.stringify(seen.data)).toBe('{"items":[{"id":1}]}');
  expect(Object.entries(seen.data)).toEqual([["items", [{ id: 1 }]]]);
  expect([Array.isArray(items), "items" in seen.data, { ...seen.data }]).toEqual([true, true, { items: [{ id: 1 }] }]);
});

test("null, and objects without a prototype, can be read through a view", async () => {
  const words = Object.assign(Object.create(null), { tea: "Tee" }) as Record<string, string>;
  const { view: seen } = await view({ nothing: null, words });
  expect([seen.data["nothing"], (seen.data["words"] as typeof words)["tea"]]).toEqual([null, "Tee"]);
  expect(() => ((seen.data["words"] as typeof words)["tea"] = "Chai")).toThrow("read only");
  expect(words["tea"]).toBe("Tee");
});

test("flash messages that were shown before are hidden, also from who only asks for them", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.flash("notice", "Saved"), session.save()));
  const { session } = await visit(sessions, browser.header);
  const refuse = (): Error => new RangeError("read only");
  expect(readOnlyView(session, refuse).hasFlash("notice")).toBe(true);
  const hiding = readOnlyView(session, refuse, true);
  expect([hiding.hasFlash("notice"), hiding.flash("notice")]).toEqual([false, undefined]);
});

test("what is not plain works as it is", async () => {
  const { view: seen } = await view({ when: new Date(5), map: new Map([[1, 2]]) });
  expect((seen.data["when"] as Date).getTime()).toBe(5);
  expect((seen.data["map"] as Map<number, number>).get(1)).toBe(2);
});

test.each<[string, (data: Record<string, unknown>) => unknown]>([
  ["assigning", (data) => (data["a"] = 1)],
  ["assigning deep inside", (data) => ((data["list"] as object[])[0] = {})],
  ["pushing", (data) => (data["list"] as object[]).push({})],
  ["deleting", (data) => delete data["list"]],
  ["defining", (data) => Object.defineProperty(data, "a", { value: 1 })],
  ["freezing", (data) => Object.freeze(data)],
])("%s is refused", async (_, write) => {
  const { view: seen, session } = await view({ list: [{ id: 1 }] });
  expect(() => write(seen.data)).toThrow("read only");
  expect(session.data).toEqual({ list: [{ id: 1 }] });
});

test.each<[string, (session: Session<Record<string, unknown>>) => unknown]>([
  ["set()", (session) => session.set("a", 1)],
  ["delete()", (session) => session.delete("list")],
  ["clear()", (session) => session.clear()],
  ["flash() with a message", (session) => session.flash("notice", "Saved")],
  ["save()", (session) => session.save()],
  ["login()", (session) => session.login("ada")],
  ["regenerate()", (session) => session.regenerate()],
  ["revokeOthers()", (session) => session.revokeOthers()],
  ["destroy()", (session) => session.destroy()],
  ["assigning the data", (session) => (session.data = {})],
  ["assigning anything", (session) => Object.assign(session, { subject: "mallory" })],
  ["deleting a member", (session) => delete (session as Partial<typeof session>).data],
  ["defining a member", (session) => Object.defineProperty(session, "subject", { value: "mallory" })],
])("%s through a view is refused at once, and nothing has changed", async (_, write) => {
  const { view: seen, session } = await view({ list: [1] });
  expect(() => write(seen)).toThrow("read only");
  expect([session.data, session.subject, session.hasFlash("notice")]).toEqual([{ list: [1] }, undefined, false]);
});

test("what only reads works through a view: data, identity, and a message that was left before", async () => {
  const { sessions } = testManager();
  const browser = new Browser();
  await play(sessions, browser, async (session) => {
    session.set("a", 1);
    await session.login("ada");
    session.flash("notice", "Saved");
    return session.save();
  });
  const { session } = await visit(sessions, browser.header);
  const seen = readOnlyView(session, () => new RangeError("read only"));
  expect([seen.get("a"), seen.subject, seen.maskedId, seen.isNew]).toEqual([1, "ada", session.maskedId, false]);
  expect(seen.flash("notice")).toBe("Saved");
});
