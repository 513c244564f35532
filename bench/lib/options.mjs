import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * What a bench was asked for. `--help` prints the comment that its file begins with, and ends the process; so does an
 * option that there is not, with a line that names it.
 *
 * @param {string} url `import.meta.url` of the bench
 * @param {import("node:util").ParseArgsConfig["options"]} [own] what it understands beside `--json` and `--quick`
 * @returns {Record<string, any>}
 */
export function readOptions(url, own) {
  const options = { json: { type: "boolean" }, quick: { type: "boolean" }, help: { type: "boolean" }, ...own };
  const values = parse(options);
  if (values.help) {
    const [, comment] = /\/\*\*?\n(.*?)\n \*\//s.exec(readFileSync(fileURLToPath(url), "utf8"));
    console.log(comment.replace(/^ \* ?/gm, ""));
    process.exit();
  }
  return values;
}

function parse(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error.message}. --help tells which there are.`);
    return process.exit(1);
  }
}

/** Says beside the result what is being done. */
export const progress = (text) => console.error(text);
