/**
 * node scripts/release-check.mjs v1.2.3: whether what is tagged is the release that CHANGELOG.md and package.json say.
 * In a workflow it also looks for what npm's provenance needs.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { changesIn, latestIn, unreleasedIn } from "./lib/changelog.mjs";
import { root } from "./lib/run.mjs";

const read = (file) => readFileSync(path.join(root, file), "utf8");

const [tag = "none"] = process.argv.slice(2);
const { version, repository } = JSON.parse(read("package.json"));
const lock = JSON.parse(read("package-lock.json"));
const changelog = read("CHANGELOG.md");
const latest = latestIn(changelog)?.version ?? "none";
const unreleased = changesIn(unreleasedIn(changelog));
const workflowOf = process.env.GITHUB_REPOSITORY;

const problems = [
  tag !== `v${version}` && `The tag is ${tag}, package.json's version ${version}: v${version} was to be expected.`,
  [lock.version, lock.packages[""].version].some((locked) => locked !== version) &&
    `package-lock.json is at ${lock.version}, package.json at ${version}.`,
  latest !== version && `The newest release in CHANGELOG.md is ${latest}, package.json's version ${version}.`,
  unreleased > 0 && `CHANGELOG.md has changes under Unreleased still: ${unreleased}.`,
  workflowOf !== undefined &&
    !repository?.url?.endsWith(`/${workflowOf}.git`) &&
    `package.json's repository.url does not name ${workflowOf}: npm refuses to publish with provenance without it.`,
].filter(Boolean);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${tag} is the release ${version} of package.json and CHANGELOG.md.`);
