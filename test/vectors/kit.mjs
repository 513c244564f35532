/* The kit's text files: headers, an empty line, the body. README.md says what they mean. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const HOME = path.join(import.meta.dirname, "kit");

/** What may come of what a file holds: what a session or a token is refused for has the package's own names. */
export const OUTCOMES = [
  "open",
  "absent",
  "refused",
  "malformed",
  "unknown_key",
  "tampered",
  "key_retired",
  "key_revoked",
  "misplaced",
  "premature",
  "expired",
  "idle",
  "schema",
  "ambiguous",
];

/**
 * One scenario of the kit: its headers by their names, as text, and these two.
 *
 * @typedef {Record<string, string> & { path: string, body: string }} Vector
 */

/** @param {{ headers: Record<string, string | number | undefined>, body: string }} vector */
export function formatVector({ headers, body }) {
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}\n`));
  return `${lines.join("")}\n${body}\n`;
}

/**
 * @param {string} name the file's path in the kit, without its ending
 * @param {string} text
 * @returns {Vector}
 */
export function parseVector(name, text) {
  const end = text.indexOf("\n\n");
  const headers = text
    .slice(0, end)
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]);
  return { ...Object.fromEntries(headers), path: name, body: text.slice(end + 2, -1) };
}

/** The files of the kit: their paths without the ending, and their texts. */
export function readKitFiles() {
  const names = readdirSync(HOME, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".txt"));
  return new Map(
    names
      .sort()
      .map((name) => [
        name.slice(0, -".txt".length).replaceAll(path.sep, "/"),
        readFileSync(path.join(HOME, name), "utf8"),
      ]),
  );
}

/** Every scenario of the kit. */
export const readKit = () => Array.from(readKitFiles(), ([name, text]) => parseVector(name, text));
