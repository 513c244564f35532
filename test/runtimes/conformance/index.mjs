/*
 * What must hold in every runtime, and nothing that only some of them have: this file and its neighbours import the
 * package by its name, use web APIs, and read their vectors and their clock from the input.
 *
 * The input: `{ now, secret, vectors }`, the clock in ms, the secret that all runtimes share, the files of
 * test/vectors/kit. And what primitives.mjs needs, from the host: the cipher has no public name.
 */
import { attempt } from "./expect.mjs";
import { handlerChecks } from "./handler.mjs";
import { cipherOf, openSealed, sealAll } from "./interchange.mjs";
import { ironSessionChecks } from "./iron-session.mjs";
import { hostileChecks } from "./hostile.mjs";
import { keyringChecks } from "./keyrings.mjs";
import { lifecycleChecks } from "./lifecycle.mjs";
import { primitiveChecks } from "./primitives.mjs";
import { revocationChecks } from "./revocation.mjs";
import { sealerChecks } from "./sealer.mjs";
import { vectorChecks } from "./vectors.mjs";

const TOPICS = [
  primitiveChecks,
  sealerChecks,
  vectorChecks,
  lifecycleChecks,
  hostileChecks,
  revocationChecks,
  keyringChecks,
  handlerChecks,
  ironSessionChecks,
];

/**
 * Runs every check, and seals what the other runtimes are to open.
 *
 * @returns `{ cipher, checks: [{ name, ok, detail }], sealed }`; a failing check never throws
 */
export async function run(input) {
  const checks = [];
  for (const topic of TOPICS) {
    for (const [name, body] of Object.entries(topic(input))) checks.push(await attempt(name, body));
  }
  return { cipher: await cipherOf(input), checks, sealed: await sealAll(input) };
}

/**
 * Opens what the runtimes sealed.
 *
 * @param sealed by runtime, what its `run` returned
 * @returns one check for each runtime
 */
export async function open(input, sealed) {
  const checks = [];
  for (const [runtime, theirs] of Object.entries(sealed)) {
    checks.push({ runtime, ...(await attempt(`opens what ${runtime} sealed`, () => openSealed(input, theirs))) });
  }
  return checks;
}
