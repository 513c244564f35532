import { createSessionManager, type Schema, type SchemaError } from "sealed-session";
import { expect, test } from "vitest";
import { z } from "zod";
import { SECRET, testManager, visit } from "../support/sessions.js";

type Issues = { readonly message: string; readonly path?: readonly unknown[] }[];

let count = 0;
const manager = (schema: Schema) =>
  createSessionManager({ name: `issues-${process.pid}-${++count}`, keyring: SECRET, schema });

/** A schema that finds these issues in data with `bad: true`. */
function finding(issues: Issues): Schema<{ bad?: boolean }> {
  const validate = (value: unknown) => ((value as { bad?: boolean }).bad ? { issues } : { value });
  return { "~standard": { version: 1, vendor: "test", validate } } as Schema<{ bad?: boolean }>;
}

/** What a save is refused with. */
async function refusal(issues: Issues): Promise<SchemaError> {
  const { session } = await visit(manager(finding(issues)), "");
  session.data = { bad: true };
  return (await session.save().catch((error: unknown) => error)) as SchemaError;
}

test("the message tells each issue with the path to it, in each of the forms that a path may have", async () => {
  const sku = Symbol("sku");
  const { message } = await refusal([
    { message: "is wrong" },
    { message: "is empty", path: [] },
    { message: "is no number", path: ["cart", 1, sku] },
    { message: "is too long", path: [{ key: "user" }, { key: 0 }, "name"] },
  ]);
  expect(message).toBe(
    "The session's data does not fit its schema: " +
      "is wrong; is empty; cart.1.Symbol(sku): is no number; user.0.name: is too long",
  );
});

test("the message tells of five, the error has them all", async () => {
  const all = Array.from({ length: 7 }, (_, index) => ({ message: `issue ${index}` }));
  const { message, issues } = await refusal(all);
  expect(message).toBe("The session's data does not fit its schema: issue 0; issue 1; issue 2; issue 3; issue 4");
  expect(issues).toEqual(all);
});

test.each([
  ["a list", []],
  ["text", "text"],
  ["nothing", null],
])("%s is no session's data, with a schema or without", async (_what, data) => {
  const { session } = await visit(testManager().sessions, "");
  session.data = data as never;
  await expect(session.save()).rejects.toMatchObject({
    name: "SchemaError",
    message: "The session's data does not fit its schema: not an object",
    issues: [{ message: "not an object" }],
  });
  const { session: other } = await visit(manager(z.any()), "");
  other.data = data as never;
  await expect(other.save()).rejects.toMatchObject({
    name: "SchemaError",
    issues: [{ message: "the schema's output is not an object" }],
  });
});

test("what was saved is not looked at again, though the schema would make something else of it each time", async () => {
  let stamp = 0;
  const schema = z.object({ a: z.number().default(0) }).transform(({ a }) => ({ a, stamp: a === 0 ? 0 : ++stamp }));
  const { session } = await visit(manager(schema), "");
  (session.data as { a: number }).a = 1;
  expect(await session.save()).toEqual({ written: true });
  expect(await session.save()).toEqual({ written: false, reason: "unchanged" });
  expect(stamp).toBe(1);
});
