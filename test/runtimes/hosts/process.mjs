/* For runtimes that are a program, Node, Bun, Deno: takes the task's file, and prints the answer. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { perform } from "./perform.mjs";

const answer = await perform(JSON.parse(readFileSync(process.argv[2], "utf8")));
const { bun, deno, node } = process.versions;
console.log(JSON.stringify({ version: bun ?? deno ?? node, answer }));
