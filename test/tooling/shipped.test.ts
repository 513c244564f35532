import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { installedWith, packagesIn } from "../../scripts/lib/lockfile.mjs";

// npm takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = path.resolve(import.meta.dirname, "../..");

/** Runs one of the package's scripts as a user would. */
function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { cwd: root, maxBuffer: 1 << 24, env: { ...process.env, ...env } };
    execFile("npm", ["run", "--silent", ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  }[];
}

test("the bill of materials lists what users install, with versions and hashes, and no tool of this repository", async () => {
  const { code, output } = await run(["sbom"]);
  expect(code, output).toBe(0);
  const bill = JSON.parse(output) as Bill;
  const packages = packagesIn(path.join(root, "package-lock.json"));
  expect(bill).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: expect.stringMatching(/^1\.\d$/),
    metadata: { component: { name: "sealed-session", version: packages[""].version } },
  });
  const expected = installedWith(packages).map((place) => {
    const { version, integrity } = packages[place];
    const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
    return [place.replace("node_modules/", ""), version, { alg: "SHA-512", content }];
  });
  expect(bill.components.map(({ name, version, hashes }) => [name, version, hashes[0]])).toEqual(expected);
  expect(expected.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(packages[""].dependencies)));
});

const gzipped = (request: IncomingMessage) => request.headers["content-encoding"] === "gzip";

describe("the audit", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  const asked: unknown[] = [];

  /** Runs it against a registry that answers a question for advisories so. */
  async function audit(status: number, advisories: object, args: string[] = []) {
    asked.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const isQuestion = request.url?.endsWith("/advisories/bulk");
        const body = Buffer.concat(chunks);
        if (isQuestion) asked.push(JSON.parse(String(gzipped(request) ? gunzipSync(body) : body)));
        response.writeHead(isQuestion ? status : 404, { "content-type": "application/json" });
        response.end(JSON.stringify(isQuestion ? advisories : {}));
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return run(["audit", "--", ...args], {
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_fetch_retries: "0",
    });
  }

  const packages = packagesIn(path.join(root, "package-lock.json"));

  test("asks for what users install, in the versions that were tested, and for nothing else", async () => {
    const { code, output } = await audit(200, {});
    const versions = installedWith(packages).map((place) => [
      place.replace("node_modules/", ""),
      [packages[place].version],
    ]);
    expect(asked).toEqual([Object.fromEntries(versions)]);
    expect(output).toBe(`${versions.length} packages looked up, 0 vulnerable\n`);
    expect(code).toBe(0);
  });

  test("fails for a known vulnerability, and names it", async () => {
    const advisory = {
      id: 1,
      url: "https://example.com/advisory",
      title: "Takes any text for a number",
      severity: "high",
      vulnerable_versions: "*",
    };
    const { code, output } = await audit(200, { zod: [advisory] }, ["--if-reachable"]);
    expect(output).toContain("zod: high, Takes any text for a number");
    expect(output).toContain("1 vulnerable");
    expect(code).toBe(1);
  });

  test("without an answer says that nothing was looked up, and fails unless that may be", async () => {
    const refused = await audit(405, {});
    expect(refused.output).toMatch(/^The registry gives no advisories \(405 .*\): nothing was looked up\.\n$/);
    expect(refused.code).toBe(1);
    server?.close();
    expect(await audit(405, {}, ["--if-reachable"])).toMatchObject({
      code: 0,
      output: expect.stringContaining("nothing was looked up"),
    });
  });
});
