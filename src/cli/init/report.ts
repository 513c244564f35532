import { existsSync, readFileSync } from "node:fs";
import nodePath from "node:path";
import { context, printJson } from "../command.js";
import { table } from "../output/table.js";
import { adviceFor } from "./advice.js";
import type { Plan } from "./plan.js";
import type { Project } from "./project.js";
import { envFileName } from "./secret.js";
import type { Step } from "./steps.js";

const OLDEST_NEXT = 15;

const WORDS: Readonly<Record<Step["action"], readonly [done: string, planned: string]>> = {
  make: ["made", "would make"],
  add: ["added to", "would add to"],
  leave: ["left alone:", "left alone:"],
  skip: ["not made:", "not made:"],
};

/** Tells what was done to a project and what is next, as words or as JSON. Without secrets. */
export function reportSetup(
  project: Project,
  plan: Plan,
  { json, dryRun }: { readonly json?: boolean; readonly dryRun?: boolean },
): void {
  const { terminal } = context;
  const notes = notesOn(project, plan);
  const next = adviceFor(project, plan);
  if (json) {
    const { framework, router, typescript, packageManager } = project;
    const result = {
      ...(dryRun && { dryRun }),
      framework,
      ...(framework === "next" && { router }),
      typescript,
      packageManager: packageManager.name,
      files: plan.steps.map(({ path, action, about }) => ({ path, action, about })),
      notes,
      next,
    };
    return printJson(result);
  }
  const { say, paintWords } = terminal;
  if (dryRun) say(paintWords("yellow", "Dry run, nothing is changed."));
  say(`${describe(project)} in ${project.folder}`);
  say("");
  const rows = plan.steps.map(({ path, action, run, about }) => {
    const word = WORDS[action][dryRun ? 1 : 0];
    return [`  ${paintWords(run ? "green" : "dim", word)}`, path, about];
  });
  for (const line of table(rows)) say(line);
  for (const note of notes) say(`\n${paintWords("yellow", "Note:")} ${note}.`);
  next.forEach(({ what, run }, index) => {
    say(`\n${index + 1}. ${what}${run.length > 0 ? ":" : ""}`);
    for (const line of run) say(`     ${paintWords("cyan", line)}`);
  });
}

function describe({ framework, nextMajor, router, typescript }: Project): string {
  const language = typescript ? "TypeScript" : "JavaScript";
  return framework === "next" ? `Next.js ${nextMajor} (${router} router, ${language})` : `Node (${language})`;
}

function notesOn({ folder, framework, nextMajor, typescriptProblem }: Project, { steps }: Plan): string[] {
  const notes = typescriptProblem === undefined ? [] : [`The files are JavaScript: ${typescriptProblem}`];
  if (framework === "next" && nextMajor < OLDEST_NEXT) {
    notes.push(`This package is for Next.js ${OLDEST_NEXT} or later; the project has ${nextMajor}`);
  }
  // The environment file that is made says so itself.
  const made = steps.some(({ path, action }) => path === envFileName("node") && action === "make");
  if (framework === "node" && !made && !setsNodeEnv(folder)) {
    notes.push(
      "Without NODE_ENV=development cookies are Secure; from http://localhost most browsers keep these all the same, Safari does not",
    );
  }
  return notes;
}

function setsNodeEnv(folder: string): boolean {
  const file = nodePath.join(folder, envFileName("node"));
  return existsSync(file) && /^\s*NODE_ENV\s*=/m.test(readFileSync(file, "utf8"));
}
