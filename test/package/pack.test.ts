import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Consumer, installPacked, manifest, ROOT, run } from "./consumer.js";

// npm and tsc run as programs of their own here, and take their time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let consumer: Consumer;

beforeAll(async () => {
  consumer = await installPacked();
});

afterAll(() => consumer?.remove());

const targets = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === "string" ? entry : [entry.types, entry.default],
);
/** What is for one framework needs its types, and Next.js its code. */
const FRAMEWORKS = ["sealed-session/next", "sealed-session/fastify", "sealed-session/hono"];
const modules = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== "./package.json")
  .map((subpath) => path.posix.join("sealed-session", subpath));

describe("the tarball", () => {
  test("holds the built package and its documents, nothing else", () => {
    const strangers = consumer.files.filter(
      (file) =>
        !/^dist\/[\w./-]+\.(js|d\.ts)$/.test(file) &&
        !/^docs\/[\w.-]+\.(?:md|svg)$/.test(file) &&
        !/^(package\.json|llms\.txt|[A-Z]+(\.md)?)$/.test(file),
    );
    expect(strangers).toEqual([]);
    expect(consumer.files).toEqual(
      expect.arrayContaining([
        "package.json",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/README.md",
        "llms.txt",
      ]),
    );
    expect(consumer.files.filter((file) => /(?:^|\/)(?:test|bench|examples?|src)\//.test(file))).toEqual([]);
    // Nobody can import the command line, so nobody asks for its types.
    expect(consumer.files.filter((file) => /^dist\/cli\/.*\.d\.ts$/.test(file))).toEqual([]);
    expect(consumer.files).toContain("dist/cli/main.js");
  });

  test("holds every file that an export names", () => {
    expect(consumer.files).toEqual(expect.arrayContaining(targets.map((target) => target.replace("./", ""))));
  });

  test("installs nothing but the dependencies it declares", () => {
    const installed = readdirSync(path.join(consumer.folder, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed.sort()).toEqual([...Object.keys(manifest.dependencies), "sealed-session"].sort());
  });
});

describe("in an empty project", () => {
  test.each(modules.filter((name) => name !== "sealed-session/next"))("%s imports", async (name) => {
    const { code, output } = await run(
      process.execPath,
      ["--input-type=module", "-e", `console.log(Object.keys(await import("${name}")).join())`],
      consumer.folder,
    );
    expect([code, output.trim()]).toEqual([0, expect.stringMatching(/^\w+(,\w+)*$/)]);
  });

  test("what is not exported cannot be imported", async () => {
    const script = `await import("sealed-session/dist/index.js").catch((error) => console.log(error.code))`;
    const { output } = await run(process.execPath, ["--input-type=module", "-e", script], consumer.folder);
    expect(output.trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  test("a CommonJS project can require it, where Node can require ES modules", async () => {
    const script = `try { console.log(typeof require("sealed-session").createSessionManager) } catch (error) { console.log(error.code) }`;
    const { output } = await run(
      process.execPath,
      ["--no-warnings", "--input-type=commonjs", "-e", script],
      consumer.folder,
    );
    expect(output.trim()).toBe(process.features.require_module ? "function" : "ERR_REQUIRE_ESM");
  });

  test("a small server keeps a session in a cookie", async () => {
    consumer.write("server.mjs", SERVER);
    const server = spawn(process.execPath, ["server.mjs"], {
      cwd: consumer.folder,
      env: { PATH: process.env["PATH"], SESSION_KEYRING: "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void server.kill());
    const port = await new Promise<string>((resolve, reject) => {
      server.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
      server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const visit = async (cookie: string): Promise<{ text: string; cookie: string }> => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: cookie === "" ? {} : { cookie } });
      return { text: await response.text(), cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    };
    const first = await visit("");
    const second = await visit(first.cookie);
    expect([first.text, second.text, (await visit(second.cookie)).text]).toEqual([
      "visits: 1",
      "visits: 2",
      "visits: 3",
    ]);
    expect(first.cookie).toMatch(/^__Host-app\.guest=Fe26\.2\*/);
  });
});

const SERVER = `import { createServer } from "node:http";
import { createSessionManager } from "sealed-session";
import { nodeJar } from "sealed-session/node";

const sessions = createSessionManager({ name: "app", keyring: process.env.SESSION_KEYRING });

const server = createServer(async (request, response) => {
  const session = await sessions.open(nodeJar(request, response));
  session.data.visits = (session.data.visits ?? 0) + 1;
  await session.save();
  response.end(\`visits: \${session.data.visits}\`);
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

describe("its types", () => {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "ES2022" };
  const compile = async (
    compilerOptions: object,
    names: readonly string[],
  ): Promise<{ code: number; output: string }> => {
    const lines = names.map(
      (name, index) => `import * as m${index} from "${name}";\nexport const k${index}: object = m${index};`,
    );
    consumer.write("types.ts", `${lines.join("\n")}\n${USE}`);
    consumer.write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files: ["types.ts"] }),
    );
    return run(
      process.execPath,
      [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "."],
      consumer.folder,
    );
  };
  const RESOLUTIONS = [
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ] as const;

  test.each(RESOLUTIONS)(
    "resolve and compile under %s, library checks on, without @types/node",
    async (_name, resolution) => {
      const names = modules.filter((name) => !FRAMEWORKS.includes(name));
      const { code, output } = await compile(
        { ...resolution, skipLibCheck: false, lib: ["ES2022", "DOM"], types: [] },
        names,
      );
      expect([code, output]).toEqual([0, ""]);
    },
  );

  test("tell a wrong use", async () => {
    const options = {
      ...RESOLUTIONS[0][1],
      skipLibCheck: false,
      lib: ["ES2022", "DOM"],
      types: [],
      noUnusedLocals: true,
    };
    const { code, output } = await compile(options, ["sealed-session/nowhere"]);
    expect(code).not.toBe(0);
    expect(output).toContain("Cannot find module 'sealed-session/nowhere'");
  });
});

/** Uses the names that a first page of documentation would, with the types they are said to have. */
const USE = `
import { createSessionManager, SealError, type Session } from "sealed-session";
const sessions = createSessionManager<{ count: number }>({ name: "app", keyring: undefined, idleTimeout: "30m" });
export async function count(session: Session<{ count?: number }>): Promise<number> {
  session.data.count = (session.data.count ?? 0) + 1;
  const { written } = await session.save();
  return written ? session.data.count : 0;
}
export const opened: Promise<Session<Partial<{ count: number }>>> = sessions.open({ read: () => "", write() {} });
export const reason = (error: SealError): string => error.reason;
`;

describe.runIf("./next" in manifest.exports)("beside Next.js", () => {
  beforeAll(() => {
    for (const name of ["next", "react", "react-dom", "@types/node", "undici-types"]) consumer.borrow(name);
    for (const name of ["@types/react", "csstype"])
      if (existsSync(path.join(ROOT, "node_modules", name))) consumer.borrow(name);
  });

  test("sealed-session/next imports", async () => {
    const script = `console.log(Object.keys(await import("sealed-session/next")).join())`;
    const { code, output } = await run(process.execPath, ["--input-type=module", "-e", script], consumer.folder);
    expect([code, output.trim()]).toEqual([0, expect.stringContaining("createNextSessions")]);
  });

  test("its types resolve", async () => {
    consumer.write(
      "next.ts",
      `import { createNextSessions } from "sealed-session/next";\nexport const use: (options: never) => object = createNextSessions;\n`,
    );
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: "ES2022",
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      types: ["node"],
      skipLibCheck: true,
    };
    consumer.write("tsconfig.next.json", JSON.stringify({ compilerOptions, files: ["next.ts"] }));
    const tsc = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const { code, output } = await run(process.execPath, [tsc, "-p", "tsconfig.next.json"], consumer.folder);
    expect([code, output]).toEqual([0, ""]);
  });
});
