import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { mergeProcessCovs } from "@bcoe/v8-coverage";

/** So many reports are merged at once: each takes megabytes before what is not wanted is dropped. */
const BATCH = 20;

/**
 * Gathers what processes that run with `NODE_V8_COVERAGE` write into a folder, and deletes it: all files together would
 * fill a disk. Of every script of every process, only those are kept whose URL is wanted.
 */
export class RawCoverage {
  #folder;
  #wanted;
  #merged = { result: [] };

  constructor(folder, wanted) {
    this.#folder = folder;
    this.#wanted = wanted;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** How many reports are cut off, of processes that were killed while they wrote. Known at the last. */
  lost = 0;

  /** Takes what is there. A file that is still being written is left for the next time, if it is not the last. */
  take({ last = false } = {}) {
    const names = readdirSync(this.#folder).slice(0, last ? undefined : BATCH);
    for (let at = 0; at < names.length; at += BATCH) this.#takeFiles(names.slice(at, at + BATCH), last);
  }

  #takeFiles(names, last) {
    const found = [];
    for (const name of names) {
      const file = path.join(this.#folder, name);
      let report;
      try {
        report = JSON.parse(readFileSync(file, "utf8"));
      } catch {
        if (last) this.lost += 1;
        continue;
      }
      found.push({ result: report.result.filter(({ url }) => this.#wanted(url)) });
      rmSync(file);
    }
    if (found.length > 0) this.#merged = mergeProcessCovs([this.#merged, ...found]);
  }

  /** What a script's functions and blocks were run, or undefined for one that no process loaded. */
  of(url) {
    return this.#merged.result.find((script) => script.url === url);
  }
}
