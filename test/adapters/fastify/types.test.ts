import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fastify from "fastify";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { createSessionManager, type Session } from "sealed-session";
import { fastifyJar, sealedSession } from "sealed-session/fastify";
import { SECRET } from "../../support/sessions.js";

test("without a registration request.session is a session of anything, from any manager", () => {
  const sessions = createSessionManager<{ visits: number }>({ name: "app", keyring: SECRET });
  const app = fastify();
  app.register(sealedSession, { sessions });
  app.get("/", async (request, reply) => {
    expectTypeOf(request.session).toEqualTypeOf<Session>();
    expectTypeOf(sessions.open(fastifyJar(request, reply))).toEqualTypeOf<Promise<Session<{ visits?: number }>>>();
    // @ts-expect-error the session itself is not replaced
    request.session = undefined;
    // @ts-expect-error data is under session.data
    return request.session.visits;
  });
  // @ts-expect-error a manager is needed
  expect(() => app.register(sealedSession)).not.toThrow();
  // @ts-expect-error and nothing else is one
  expect(() => app.register(sealedSession, { sessions: {} })).not.toThrow();
});

// What is registered counts for a whole project: hence one of its own.
test("with a registration request.session has the data of the application's manager", { timeout: 60_000 }, () => {
  expect(typeErrors(REGISTERED)).toBe("");
});

const REGISTERED = `
import fastify from "fastify";
import { z } from "zod";
import { createSessionManager } from "sealed-session";
import { sealedSession } from "sealed-session/fastify";

const schema = z.object({ cart: z.array(z.string()).default([]) });
const sessions = createSessionManager({ name: "app", keyring: undefined, schema });
const others = createSessionManager({ name: "other", keyring: undefined, schema: z.object({ theme: z.literal("dark").default("dark") }) });

declare module "sealed-session/fastify" {
  interface RegisteredSessions {
    sessions: typeof sessions;
  }
}

const app = fastify();
await app.register(sealedSession, { sessions });
app.addHook("preHandler", async ({ session }) => session.data.cart.push("bag"));
app.get("/", async ({ session }) => {
  const cart: string[] = session.get("cart");
  session.data.cart.push("apple");
  // @ts-expect-error a wrong key
  session.data.card;
  // @ts-expect-error a wrong key
  session.get("card");
  // @ts-expect-error a wrong value
  session.set("cart", [1]);
  return cart;
});
// @ts-expect-error another manager's sessions hold something else
app.register(sealedSession, { sessions: others });
`;

/** What the compiler says of a module, in a project of its own. Within the repository, to find its packages. */
function typeErrors(code: string): string {
  const root = path.resolve(import.meta.dirname, "../../..");
  const folder = mkdtempSync(path.join(root, "test/.types-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, "index.ts"), code);
  const tsconfig = { extends: path.join(root, "tsconfig.json"), include: ["index.ts"] };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder, "--rootDir", root], { encoding: "utf8" }).stdout;
}
