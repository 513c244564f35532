import { readKit } from "../../vectors/kit.mjs";
import { attempt, equal } from "../conformance/expect.mjs";
import { hasRecipe, serveRecipe } from "./recipes.mjs";
import { runTask } from "./run-task.mjs";

const INPUT = {
  now: Date.UTC(2026, 0, 1),
  // Known to everybody who reads this: for tests.
  secret: "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x",
  vectors: readKit(),
};

/** So many runtimes at a time: each takes a processor for itself. */
const WORKERS = 2;

async function inTurn(items, work) {
  const results = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return results;
}

const failed = (name, error) => [{ name, ok: false, detail: error.message }];

/** What can be seen only from outside. @returns checks */
async function outsideChecks(consumer, runtime, { answer, imports }) {
  const checks = {
    [`picks ${runtime.cipher}`]: () => equal(answer.cipher, runtime.cipher, "its cipher"),
    ...(imports && { "its bundle imports nothing": () => equal(imports, [], "what it imports") }),
    ...(hasRecipe(runtime) && { "its recipe in docs/runtimes.md serves": () => serveRecipe(consumer, runtime) }),
  };
  const done = [];
  for (const [name, body] of Object.entries(checks)) done.push(await attempt(name, body));
  return done;
}

/** The suite in one runtime, and its recipe where it has one. @returns the row so far, with what it sealed */
async function runIn(consumer, runtime) {
  const { id, title, cipher, version } = runtime;
  const row = { id, title, cipher, version };
  try {
    const result = await runTask(consumer, runtime, { input: INPUT });
    const checks = [...result.answer.checks, ...(await outsideChecks(consumer, runtime, result))];
    return { ...row, version: version ?? result.version, checks, sealed: result.answer.sealed };
  } catch (error) {
    return { ...row, checks: failed("runs the suite", error), sealed: undefined };
  }
}

async function openIn(consumer, runtime, sealed) {
  try {
    return (await runTask(consumer, runtime, { input: INPUT, sealed })).answer;
  } catch (error) {
    return failed("opens what the others sealed", error);
  }
}

/**
 * @typedef {{ name: string, ok: boolean, detail: string }} Check
 *
 * @typedef {object} Row
 * @property {string} id
 * @property {string} title
 * @property {string} [version]
 * @property {string} cipher the one that it is to pick
 * @property {Check[]} checks
 * @property {(Check & { runtime?: string })[]} opens one for each of the others
 */

/**
 * Runs the conformance suite in every runtime, then lets every one open what all others sealed.
 *
 * @param consumer a `newConsumer()`
 * @param runtimes usable ones of `listRuntimes()`
 * @param {(line: string) => void} log is told which runtime is done
 * @returns {Promise<Row[]>} a row for each
 */
export async function runMatrix(consumer, runtimes, log = () => undefined) {
  const ran = await inTurn(runtimes, async (runtime) => {
    const row = await runIn(consumer, runtime);
    log(`${row.title}: ${row.checks.filter(({ ok }) => ok).length} of ${row.checks.length} checks`);
    return row;
  });
  return inTurn(runtimes, async (runtime) => {
    const others = ran.filter(({ id, sealed }) => id !== runtime.id && sealed !== undefined);
    const theirs = Object.fromEntries(others.map(({ id, sealed }) => [id, sealed]));
    const { sealed: _, ...row } = ran.find(({ id }) => id === runtime.id);
    return { ...row, opens: await openIn(consumer, runtime, theirs) };
  });
}

/** The checks of all rows that did not hold, as lines. */
export const failuresOf = (rows) =>
  rows.flatMap(({ id, checks, opens }) =>
    [...checks, ...opens].filter(({ ok }) => !ok).map(({ name, detail }) => `${id}: ${name}: ${detail}`),
  );
