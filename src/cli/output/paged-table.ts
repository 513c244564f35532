import { table } from "./table.js";
import type { Terminal } from "./terminal.js";

/**
 * A table that is printed page by page, with a header above the first one.
 *
 * @param widest a row as wide as rows get, so that all pages have the same columns
 * @returns the lines of a page
 */
export function pagedTable(
  header: readonly string[],
  widest: readonly string[],
  { paint }: Terminal,
): (rows: readonly (readonly string[])[]) => string[] {
  let first = true;
  return (rows) => {
    const lines = table([widest, header.map((cell) => paint("bold", cell)), ...rows]).slice(first ? 1 : 2);
    if (rows.length === 0) return [];
    first = false;
    return lines;
  };
}
