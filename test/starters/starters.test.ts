import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Consumer, installPacked, run } from "../package/consumer.js";
import { ROOT } from "../e2e/support/program.js";
import { listRuntimes } from "../runtimes/matrix/runtimes.mjs";
import { type Copy, copyStarter, EXAMPLES, type Running, serve } from "./support/starters.js";
import { newVisitor, type Visitor } from "./support/visitor.js";

// Next.js compiles each page when it is first asked for.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const HERE = path.dirname(process.execPath);
/** Miniflare needs Node 22; another Node and workerd come with the runtimes. */
const workerd = listRuntimes().find(({ id }) => id === "workerd");
const workerdIsThere = process.env["CI"] === "true" || workerd?.missing === undefined;

interface Starter {
  readonly name: string;
  /** The folder of the Node that it runs on. */
  readonly node: string;
  /** Whether it is started a second time: one whose list is on the disk, and which does not compile for long. */
  readonly restarts: boolean;
  /** Whether its bundler wants all packages below one root. */
  readonly inside: boolean;
}

const STARTERS: readonly Starter[] = [
  { name: "express-passport", node: HERE, restarts: true, inside: false },
  { name: "fastify", node: HERE, restarts: true, inside: false },
  { name: "hono-workers", node: path.dirname(workerd?.program ?? ""), restarts: false, inside: false },
  { name: "next-minimal", node: HERE, restarts: false, inside: true },
];

const ADA = { username: "ada", password: "difference engine" };
const NOBODY = "Nobody is signed in";

async function signedIn(address: string): Promise<Visitor> {
  const visitor = newVisitor(address);
  await visitor.visit("/");
  expect(await visitor.press("Sign in", ADA)).toBe("Hello ada");
  return visitor;
}

const copyOf = (visitor: Visitor, address: string): Visitor => newVisitor(address, visitor.cookies());

let packed: Consumer;
beforeAll(async () => {
  packed = await installPacked();
});
afterAll(() => packed?.remove());

test("every starter is tried here", () => {
  const starters = readdirSync(EXAMPLES).filter((name) => name !== "next");
  expect(STARTERS.map(({ name }) => name)).toEqual(starters.sort());
});

test.each([
  ["make-key.js", ["express-passport", "fastify", "hono-workers", "next-minimal"]],
  ["pages.js", ["express-passport", "fastify"]],
  ["sessions.js", ["express-passport", "fastify"]],
  ["users.js", ["express-passport", "fastify"]],
])("%s is the same in each, since each is to be copied by itself", (file, names) => {
  const texts = names.map((name) => readFileSync(path.join(EXAMPLES, name, file), "utf8"));
  expect(new Set(texts).size).toBe(1);
});

const there = STARTERS.filter(({ name }) => name !== "hono-workers" || workerdIsThere);

describe.each(there)("$name, copied out, with the packed package", ({ name, node, restarts, inside }) => {
  let copy: Copy;
  let running: Running;
  beforeAll(async () => {
    copy = copyStarter(name, packed, inside);
    running = await serve(copy.folder, ["start"], node);
  });
  afterAll(async () => {
    await running?.stop();
    copy?.remove();
  });

  test("a guest gets no cookie and sees no account", async () => {
    const guest = newVisitor(running.address);
    expect(await guest.visit("/")).toBe(NOBODY);
    expect(await guest.visit("/account")).toBe(NOBODY);
    expect(guest.cookies()).toEqual([]);
  });

  test.each([
    ["a wrong password", { ...ADA, password: "difference engines" }],
    ["an empty password", { ...ADA, password: "" }],
    ["an unknown name", { ...ADA, username: "grace" }],
  ])("%s is refused", async (_what, fields) => {
    const guest = newVisitor(running.address);
    await guest.visit("/");
    await guest.press("Sign in", fields);
    expect([await guest.visit("/account"), guest.cookies()]).toEqual([NOBODY, []]);
  });

  test("who mistyped the password is told so", async () => {
    const guest = newVisitor(running.address);
    await guest.visit("/");
    expect(await guest.press("Sign in", { ...ADA, password: "oops" })).toBe(NOBODY);
    expect(guest.notice()).toBe("Wrong name or password");
  });

  test("signing out ends that session, with every copy of its cookie, and no other", async () => {
    const ada = await signedIn(running.address);
    const elsewhere = await signedIn(running.address);
    expect(await ada.visit("/account")).toBe("ada's account");
    const thief = copyOf(ada, running.address);
    expect(await thief.visit("/account")).toBe("ada's account");

    await ada.visit("/");
    expect(await ada.press("Sign out")).toBe(NOBODY);
    expect(ada.cookies()).toEqual([]);
    expect(await thief.visit("/account")).toBe(NOBODY);
    expect(await elsewhere.visit("/account")).toBe("ada's account");
  });

  test("signing out everywhere ends them all, and a new sign-in works", async () => {
    const [ada, elsewhere] = [await signedIn(running.address), await signedIn(running.address)];
    await ada.visit("/");
    expect(await ada.press("Sign out everywhere")).toBe(NOBODY);
    expect(await elsewhere.visit("/account")).toBe(NOBODY);
    expect(await (await signedIn(running.address)).visit("/account")).toBe("ada's account");
  });

  if (!restarts) return;
  test("a restart keeps the sign-outs, and who is signed in", async () => {
    const [ada, elsewhere] = [await signedIn(running.address), await signedIn(running.address)];
    const thief = copyOf(ada, running.address);
    await ada.visit("/");
    await ada.press("Sign out");
    await running.stop();

    running = await serve(copy.folder, ["start"], node);
    expect(await copyOf(thief, running.address).visit("/account")).toBe(NOBODY);
    expect(await copyOf(elsewhere, running.address).visit("/account")).toBe("ada's account");
  });
});

describe("in a clone", () => {
  test.each([[[]], [["next"]], [["../fastify"]]])("npm run starter %j names those that there are", async (args) => {
    const { code, output } = await run("npm", ["run", "--silent", "starter", ...args], ROOT);
    expect(code).toBe(2);
    expect(output).toContain("Which one? npm run starter express-passport | fastify | hono-workers | next-minimal\n");
  });

  // hono-workers installs packages of its own there, which the copy above has from elsewhere.
  test.each(["express-passport", "fastify", "next-minimal"])("npm run starter %s serves it", async (name) => {
    const running = await serve(ROOT, ["run", "starter", name], HERE);
    try {
      const ada = await signedIn(running.address);
      await ada.visit("/");
      expect(await ada.press("Sign out")).toBe(NOBODY);
    } finally {
      await running.stop();
    }
  });
});
