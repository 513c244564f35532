import { expect, test } from "vitest";
import { engineOf } from "../../dist/session/engines.js";
import { testManager } from "../support/sessions.js";

test("a manager's engine is kept where every copy of this package of the same shape looks for it", async () => {
  const { sessions, name } = testManager();
  const shared = Reflect.get(globalThis, Symbol.for("sealed-session/engines/1")) as WeakMap<object, unknown>;
  expect(shared.has(sessions)).toBe(true);
  expect((await engineOf(sessions))?.settings.name).toBe(name);
});

test("what is no manager has none", () => {
  expect(engineOf({})).toBeUndefined();
});
