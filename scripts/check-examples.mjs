/** The types of every example, as its own tsconfig.json or jsconfig.json says. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { bin, root, run } from "./lib/run.mjs";

const examples = path.join(root, "examples");

for (const name of readdirSync(examples)) {
  const folder = path.join(examples, name);
  const config = ["tsconfig.json", "jsconfig.json"].find((file) => existsSync(path.join(folder, file)));
  if (config === undefined) continue;
  const steps = [[bin("tsc"), ["-p", config]]];
  // The types of its routes are made first.
  if (existsSync(path.join(folder, "app"))) steps.unshift([bin("next"), ["typegen"]]);
  for (const [program, args] of steps) {
    const { code, output } = await run(program, args, { cwd: folder, capture: true });
    if (code === 0) continue;
    console.error(`examples/${name}: ${output.trimEnd()}`);
    process.exitCode = 1;
  }
}
