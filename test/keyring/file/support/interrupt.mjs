/*
 * Loaded with --import before the command line. Counts the file-system calls that concern one folder, and interrupts
 * the process at one of them. What to do stands as JSON in INTERRUPT:
 *
 * - folder: the folder whose calls count
 * - at: the number of the call, from 1; or
 * - call, file: the first call of that name about a file whose name matches
 * - how: "kill" before the call (which is after the one before it: nothing else changes the disk), "half" in the middle
 *   of a write, "stop" (SIGSTOP) until SIGCONT comes, "wait" until the file `go` is there
 * - trace: where the calls are written down, one a line
 * - ready, go: the first is made when the process stops or waits
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

const { folder, at, call, file, how, trace, ready, go } = JSON.parse(process.env.INTERRUPT ?? "{}");
const real = { ...fs };
const TWO_PATHS = new Set(["renameSync", "linkSync", "symlinkSync", "copyFileSync", "cpSync"]);
/** Open files of the folder, by descriptor. */
const opened = new Map();
let count = 0;
let nested = false;

for (const [name, original] of Object.entries(fs)) {
  if (typeof original !== "function" || /^[A-Z_]/.test(name)) continue;
  fs[name] = name.endsWith("Sync") ? counted(name, original) : uncountable(name, original);
}
for (const [name, original] of Object.entries(fs.promises)) {
  if (typeof original === "function") fs.promises[name] = uncountable(`promises.${name}`, original);
}
syncBuiltinESMExports();

function counted(name, original) {
  return (...args) => {
    const about = nested ? undefined : fileOf(name, args);
    if (about === undefined) return original.apply(fs, args);
    count += 1;
    if (trace) real.appendFileSync(trace, `${name} ${about}\n`);
    if (count === at || (call === name && new RegExp(file).test(about))) interrupt(name, args);
    nested = true;
    try {
      const result = original.apply(fs, args);
      if (name === "openSync") opened.set(result, about);
      if (name === "closeSync") opened.delete(args[0]);
      return result;
    } finally {
      nested = false;
    }
  };
}

/** A call that is not counted would be one that is never interrupted. */
function uncountable(name, original) {
  return function (...args) {
    if (fileOf(name, args) !== undefined) throw new Error(`fs.${name} is not counted`);
    return original.apply(this, args);
  };
}

/** The file of the folder that a call is about; undefined for a call that has nothing to do with it. */
function fileOf(name, [first, second]) {
  if (typeof first === "number") return opened.get(first);
  const paths = TWO_PATHS.has(name) ? [first, second] : [first];
  return paths.find((each) => typeof each === "string" && isInside(path.resolve(each)));
}

function isInside(absolute) {
  return absolute === folder || absolute.startsWith(folder + path.sep);
}

function interrupt(name, args) {
  if (how === "kill") die();
  if (how === "half") {
    writeHalf(name, args);
    die();
  }
  real.writeFileSync(ready, "");
  if (how === "stop") process.kill(process.pid, "SIGSTOP");
  else while (!real.existsSync(go)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

function die() {
  process.kill(process.pid, "SIGKILL");
}

function writeHalf(name, [target, data, options]) {
  const half = Buffer.from(data).subarray(0, Math.floor(data.length / 2));
  if (!/^(?:write|writeFile|appendFile)Sync$/.test(name)) throw new Error(`${name} is not a write`);
  if (typeof target === "number") real.writeSync(target, half);
  else real.writeSync(real.openSync(target, options?.flag ?? "w", options?.mode), half);
}
