#!/usr/bin/env node
/*
 * Writes the kit: `node test/vectors/generate.mjs`. The same files every time, from node:crypto alone. Tokens that are
 * there must open for ever, so what this changes in a file that exists is a new version of the format, or a mistake.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chunkFiles } from "./generate/chunks.mjs";
import { flashFiles } from "./generate/flash.mjs";
import { grammar } from "./generate/grammar.mjs";
import { keys } from "./generate/keys.mjs";
import { members } from "./generate/members.mjs";
import { requests } from "./generate/requests.mjs";
import { rings } from "./generate/rings.mjs";
import { secrets } from "./generate/secrets.mjs";
import { seenFiles } from "./generate/seen.mjs";
import { sessions } from "./generate/sessions.mjs";
import { tokens } from "./generate/tokens.mjs";
import { formatVector } from "./kit.mjs";

/**
 * The kit's files: their paths without the ending, and their texts.
 *
 * @throws {Error} when two have the same path
 */
export function generateKit() {
  const kit = new Map();
  const all = [tokens, grammar, keys, members, sessions, seenFiles, chunkFiles, requests, flashFiles, secrets, rings];
  for (const vector of all.flat()) {
    if (kit.has(vector.path)) throw new Error(`Two files are called ${vector.path}`);
    kit.set(vector.path, formatVector(vector));
  }
  return kit;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const home = path.join(import.meta.dirname, "kit");
  rmSync(home, { recursive: true, force: true });
  const kit = generateKit();
  for (const [name, text] of kit) {
    const file = path.join(home, `${name}.txt`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  console.log(`${kit.size} files`);
}
