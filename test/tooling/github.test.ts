import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "../..");
const GITHUB = path.join(ROOT, ".github");

const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Record<string, string>;
  readonly engines: { readonly node: string };
};

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Job {
  readonly permissions?: Record<string, string>;
  readonly "timeout-minutes"?: number;
  readonly needs?: string;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Record<string, string>;
  readonly concurrency?: object;
  readonly jobs: Record<string, Job>;
}

const read = (file: string): string => readFileSync(path.join(GITHUB, file), "utf8");
const workflow = (name: string): Workflow => parse(read(`workflows/${name}`)) as Workflow;
const jobsOf = (name: string): Job[] => Object.values(workflow(name).jobs);
const stepsOf = (name: string): Step[] => jobsOf(name).flatMap(({ steps }) => steps);
const commandsOf = (name: string): string[] => stepsOf(name).flatMap(({ run }) => run ?? []);

describe.each(readdirSync(path.join(GITHUB, "workflows")))("the workflow %s", (name) => {
  test("may only read, unless a job says what else it needs", () => {
    expect(workflow(name).permissions).toEqual({ contents: "read" });
    const granted = jobsOf(name).flatMap(({ permissions = {} }) =>
      Object.entries(permissions).filter(([, access]) => access !== "read"),
    );
    expect(granted).toEqual(name === "publish.yml" ? [["id-token", "write"]] : []);
  });

  test("names each action by its commit, with the version beside it", () => {
    const uses = [...read(`workflows/${name}`).matchAll(/uses: *(.*)/g)].map(([, action = ""]) => action);
    expect(uses.length).toBe(stepsOf(name).filter((step) => step.uses !== undefined).length);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  });

  test("leaves no token in the checkout, and knows no secret", () => {
    const checkouts = stepsOf(name).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBe(jobsOf(name).length);
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
    expect(read(`workflows/${name}`)).not.toMatch(/secrets\./);
  });

  test("puts nothing that others chose into a shell command", () => {
    expect(commandsOf(name).filter((command) => command.includes("${{"))).toEqual([]);
  });

  test("ends: every job has a time limit, and runs do not pile up", () => {
    expect(jobsOf(name).filter((job) => !(Number(job["timeout-minutes"]) > 0))).toEqual([]);
    expect(workflow(name).concurrency).toBeDefined();
  });

  test("runs commands that there are", () => {
    const scripts = commandsOf(name).flatMap((command) => [...command.matchAll(/npm run ([\w:]+)/g)].map(([, s]) => s));
    expect(scripts.filter((script) => !((script ?? "") in manifest.scripts))).toEqual([]);
    const files = commandsOf(name).flatMap((command) => [...command.matchAll(/(?:^|\s)(\.ci\/\w+|scripts\/\S+)/g)]);
    expect(files.filter(([, file = ""]) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

test("continuous integration begins with the oldest Node that is promised", () => {
  const nodes = jobsOf("ci.yml").flatMap(({ strategy }) => strategy?.matrix.node ?? []);
  expect(nodes).toEqual([20, 22, 24, 26]);
  expect(Number.parseInt(manifest.engines.node.replace(">=", ""), 10)).toBe(nodes[0]);
});

test("what is published was tested first, by a job that cannot publish", () => {
  const { everything, publish } = workflow("publish.yml").jobs;
  expect(publish?.needs).toBe("everything");
  expect(everything?.permissions).toBeUndefined();
  const commands = everything?.steps.flatMap(({ run }) => run ?? []);
  expect(commands).toEqual(
    expect.arrayContaining([expect.stringMatching(/^node scripts\/release-check\.mjs /), ".ci/run"]),
  );
  expect(publish?.steps.map(({ run }) => run)).toContain("npm publish --provenance --access public");
});

test("every lock file is watched for updates", () => {
  const { updates } = parse(read("dependabot.yml")) as { readonly updates: readonly { directories?: string[] }[] };
  const folders = updates.flatMap(({ directories = [] }) => directories);
  expect(folders.filter((folder) => !existsSync(path.join(ROOT, folder, "package-lock.json")))).toEqual([]);
});

describe("issue forms", () => {
  interface Form {
    readonly name: string;
    readonly description: string;
    readonly body: readonly { readonly type: string; readonly id?: string; readonly attributes: object }[];
  }
  const forms = readdirSync(path.join(GITHUB, "ISSUE_TEMPLATE")).filter((file) => file !== "config.yml");

  test.each(forms)("%s has what GitHub asks for", (file) => {
    const { name, description, body } = parse(read(`ISSUE_TEMPLATE/${file}`)) as Form;
    expect([name, description]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
    const fields = body.filter(({ type }) => type !== "markdown");
    expect(fields.filter(({ type }) => !["textarea", "input", "dropdown", "checkboxes"].includes(type))).toEqual([]);
    expect(fields.filter(({ attributes }) => !("label" in attributes))).toEqual([]);
    const ids = fields.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });

  test("there is none without a form, and the one for bugs sends vulnerabilities elsewhere", () => {
    expect(parse(read("ISSUE_TEMPLATE/config.yml"))).toEqual({ blank_issues_enabled: false });
    expect(read("ISSUE_TEMPLATE/bug.yml")).toContain("(../security/policy)");
  });
});
