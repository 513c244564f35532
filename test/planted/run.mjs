#!/usr/bin/env node
/*
 * Plants each bug of this folder into a copy of the source, and demands that the test that its first line names fails.
 * A test that passes with and without the bug that it is there for proves nothing.
 *
 * node test/planted/run.mjs [part of a name …]
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATCHES = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = "sealed-session";
const WORKERS = 2;
/** Long enough for the rarest of the bugs; a run ends at the first failure. */
const MODEL = { MODEL_RUNS: "3000", MODEL_SHRINK: "no" };
const UNPATCHED = { MODEL_RUNS: "100" };
const RUN_LIMIT = 150_000;

/** @returns {Promise<{ code: number, output: string }>} never rejects for a failing command */
function run(directory, command, args, env = {}) {
  return new Promise((resolve) => {
    const options = { cwd: directory, env: { ...process.env, ...env }, timeout: RUN_LIMIT, maxBuffer: 1 << 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, output: stdout + stderr });
    });
  });
}

/** A copy of what the tests need, in which the package's own name resolves to the copy. */
async function workspace() {
  const directory = await mkdtemp(path.join(tmpdir(), "planted-"));
  const entries = await readdir(ROOT);
  const wanted = entries.filter((name) => /^(src|test|package\.json|tsconfig.*\.json|vitest\.config\.ts)$/.test(name));
  // test/runtimes may hold a gigabyte of them.
  const filter = (source) => path.basename(source) !== "node_modules";
  for (const name of wanted) await cp(path.join(ROOT, name), path.join(directory, name), { recursive: true, filter });
  const modules = path.join(directory, "node_modules");
  await mkdir(modules);
  for (const name of await readdir(path.join(ROOT, "node_modules"))) {
    if (name !== PACKAGE && !/^\.(?!bin$)/.test(name))
      await symlink(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  await symlink(directory, path.join(modules, PACKAGE));
  return directory;
}

async function build(directory) {
  const tsc = path.join(ROOT, "node_modules/typescript/bin/tsc");
  const args = ["-p", "tsconfig.build.json", "--incremental", "--tsBuildInfoFile", "build.tsbuildinfo"];
  const { code, output } = await run(directory, process.execPath, [tsc, ...args]);
  if (code !== 0) throw new Error(`does not build:\n${output}`);
}

/** @returns {Promise<{ failed: string[], passed: number }>} the tests that failed; throws where none ran */
async function vitest(directory, files, env) {
  const report = path.join(directory, "report.json");
  await rm(report, { force: true });
  const vitestBin = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitestBin, "run", "--project", "node:crypto", "--reporter", "json", "--outputFile", report, ...files];
  const { output } = await run(directory, process.execPath, args, env);
  const { testResults } = JSON.parse(await readFile(report, "utf8").catch(() => '{"testResults":[]}'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0 || testResults.length < files.length) throw new Error(`the tests did not run:\n${output}`);
  const failures = tests.filter(({ status }) => status === "failed");
  return {
    failed: failures.map(({ failureMessages }) => reasonOf(failureMessages.join("\n"))),
    passed: tests.filter(({ status }) => status === "passed").length,
  };
}

/** The line that says what went wrong: a property's failure names its cause last. */
function reasonOf(message) {
  if (message.includes("timed out") || message.includes("STACK_TRACE_ERROR")) return "timed out";
  const lines = message.split("\n").map((line) => line.trim());
  const line = lines.findLast((text) => /^(Caused by: )?(Assertion)?Error\b/.test(text)) ?? lines[0] ?? "";
  return line.replace(/^(Caused by: )?(Assertion)?Error[^:]*: /, "").slice(0, 90);
}

async function patches() {
  const filters = process.argv.slice(2);
  const names = (await readdir(PATCHES)).filter((name) => name.endsWith(".patch")).sort();
  const wanted = names.filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
  return Promise.all(
    wanted.map(async (name) => {
      const file = path.join(PATCHES, name);
      const [prose = ""] = (await readFile(file, "utf8")).split("\n");
      const tests = [...prose.matchAll(/\S+\.test\.ts/g)].map(([test]) => test);
      if (tests.length === 0) throw new Error(`${name}: its first line names no test`);
      return { name: name.slice(0, -".patch".length), file, tests };
    }),
  );
}

/** @returns what the tests said, or why the bug escaped */
async function plant(directory, { file, tests }) {
  const applied = await run(directory, "git", ["apply", file]);
  if (applied.code !== 0) return { caught: false, why: `does not apply: ${applied.output.trim()}` };
  try {
    await build(directory);
    const { failed } = await vitest(directory, tests, MODEL);
    return failed.length > 0 ? { caught: true, why: failed[0] } : { caught: false, why: "every test passed" };
  } catch (error) {
    return { caught: false, why: error.message };
  } finally {
    await run(directory, "git", ["apply", "-R", file]);
  }
}

async function main() {
  const planted = await patches();
  const directories = await Promise.all(Array.from({ length: WORKERS }, workspace));
  try {
    await Promise.all(directories.map(build));
    const files = [...new Set(planted.flatMap(({ tests }) => tests))];
    const { failed, passed } = await vitest(directories[0], files, UNPATCHED);
    if (failed.length > 0) throw new Error(`The tests fail without any bug: ${failed.join("; ")}`);
    console.log(`Without a bug ${passed} tests pass.\n`);
    const queue = [...planted];
    const results = new Map();
    const work = async (directory) => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const started = Date.now();
        const result = await plant(directory, next);
        const seconds = ((Date.now() - started) / 1_000).toFixed(0).padStart(3);
        console.log(`${result.caught ? "caught " : "ESCAPED"} ${next.name.padEnd(46)} ${seconds} s  ${result.why}`);
        results.set(next.name, result);
      }
    };
    await Promise.all(directories.map(work));
    const caught = [...results.values()].filter((result) => result.caught).length;
    console.log(`\n${planted.length} planted bugs, ${caught} caught`);
    // The form in which every part of the test run is counted.
    console.log(`${caught} passed, ${planted.length - caught} failed`);
    if (caught < planted.length || planted.length === 0) process.exitCode = 1;
  } finally {
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  }
}

await main();
