import { expect, test } from "vitest";
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
