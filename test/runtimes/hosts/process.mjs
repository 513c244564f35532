/* For runtimes that are a program, Node, Bun, Deno: takes the task's file, and prints the answer. */
import crypto, { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { perform } from "./perform.mjs";

const { bun, deno, node } = process.versions;

/** Makes `randomFillSync` give these bytes over and over, for whoever imported it. @returns ends that */
function chooseRandomness(bytes) {
  const { randomFillSync } = crypto;
  const set = (value) => {
    crypto.randomFillSync = value;
    syncBuiltinESMExports();
  };
  set((buffer) => buffer.fill(bytes));
  return () => set(randomFillSync);
}

// What Bun and Deno export is not changed by that. Theirs is what the others decrypt, when they open what it sealed.
const host = { createSecretKey, ...(!bun && !deno && { chooseRandomness }) };
const answer = await perform(JSON.parse(readFileSync(process.argv[2], "utf8")), host);
console.log(JSON.stringify({ version: bun ?? deno ?? node, answer }));
