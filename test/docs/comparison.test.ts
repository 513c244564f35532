import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readTable } from "../attacks/peers/table.js";
import { root } from "./support/blocks.js";

const PEERS = 5;

/** The README's comparison, without the marks of notes: its head, and its rows by their name. */
const [[, ...columns] = [], , ...rows] = readFileSync(path.join(root, "README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.replaceAll(/<sup>.*?<\/sup>/g, "").split("|"))
  .map((cells) => cells.slice(1, -1).map((cell) => cell.trim()));
const comparison = new Map(rows.map(([name = "", ...cells]) => [name, cells]));
const attacks = readTable();

/** What a row says where an attack holds, and where it fails. */
const PROVED: Record<string, { attack: string; holds: string; fails: string[] }> = {
  "a copy of the cookie, after the sign-out": {
    attack: "A copy of the cookie still opens after the sign-out",
    holds: "refused",
    fails: ["opens"],
  },
  "a slow response after the sign-out signs in again": {
    attack: "A slow request, answered after the sign-out, signs in again",
    holds: "no",
    fails: ["yes"],
  },
  "an absolute timeout beside the idle one": {
    attack: "A copy that is used every half hour lives for ever",
    holds: "yes",
    fails: ["no"],
  },
  "a new key signs nobody out, anywhere, while it is rolled out": {
    attack: "While a new key is being rolled out, who signs in at a new server is a stranger at an old one",
    holds: "yes",
    fails: ["no", "in two deployments"],
  },
  "keeps its responses out of shared caches": {
    attack: "A response that sets the session may be kept by a shared cache",
    holds: "yes",
    fails: ["no", "at one endpoint"],
  },
};

test.each(Object.entries(PROVED))("the README's row “%s” says what was found", (row, { attack, holds, fails }) => {
  let compared = 0;
  for (const [at, column] of columns.entries()) {
    // The version counts: another one was not attacked.
    const contestant = column.replace(/, JWT$/, "");
    if (!attacks.contestants.includes(contestant)) continue;
    const said = attacks.cell(attack, contestant) === "holds" ? [holds] : fails;
    expect(said, column).toContain(comparison.get(row)?.[at]);
    compared += 1;
  }
  expect(compared).toBe(PEERS);
});
