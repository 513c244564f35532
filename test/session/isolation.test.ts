import { expect, test } from "vitest";
import { createSessionManager, type Schema } from "sealed-session";
import { z } from "zod";
import { play } from "../support/play.js";
import { Browser, SECRET } from "../support/sessions.js";

/* I10: what a schema or a migration hands out may be one object for everybody; what a session holds must be its own. */

let count = 0;
const names = () => `isolation-${++count}-${process.pid}`;

async function leak(name: string, schema: Schema, options: { migrate?: (old: unknown) => unknown } = {}) {
  const before = createSessionManager({ name, keyring: SECRET });
  const after = createSessionManager({
    name,
    keyring: SECRET,
    schema,
    ...(options.migrate && { schemaVersion: 1 }),
    ...options,
  });
  const [ada, bob] = [new Browser(), new Browser()];
  for (const browser of [ada, bob]) await play(before, browser, (session) => (session.set("n", 1), session.save()));
  await play(after, ada, (session) => void (session.data as { list: string[] }).list.push("private"));
  return (await play(after, bob, (session) => (session.data as { list: string[] }).list)).result;
}

const SHARED: string[] = [];

test.each([
  ["a catch()", z.object({ n: z.number().optional(), list: z.array(z.string()).catch(SHARED) }), {}],
  [
    "a default of its own kind",
    z.object({ n: z.number().optional(), list: z.array(z.string()).default(() => SHARED) }),
    {},
  ],
  ["a migration", z.looseObject({}), { migrate: () => ({ list: SHARED }) }],
])("regression: data that comes from %s is no other session's", async (_, schema, options) => {
  expect(await leak(names(), schema, options)).toEqual([]);
  expect(SHARED).toEqual([]);
});
