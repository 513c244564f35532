/**
 * npm run release -- patch|minor|major|1.2.3: makes what stands under Unreleased in CHANGELOG.md a release, and its
 * version that of package.json and package-lock.json. It commits nothing, and says what is next.
 *
 *   --dry-run  says what it would do, and does nothing
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { changesIn, latestIn, unreleasedIn, withRelease } from "./lib/changelog.mjs";
import { root, run } from "./lib/run.mjs";

const STEPS = ["major", "minor", "patch"];

function refuse(message) {
  console.error(message);
  process.exit(1);
}

const at = (file) => path.join(root, file);
const read = (file) => readFileSync(at(file), "utf8");
const partsOf = (version) => version.split(".").map(Number);

async function git(...args) {
  const { code, output } = await run("git", args, { capture: true });
  if (code !== 0) refuse(`git ${args.join(" ")} failed:\n${output.trimEnd()}`);
  return output.trim();
}

/** The version that is asked for. The one that package.json has is free as long as it was not released. */
function versionFor(wanted, current, released) {
  if (STEPS.includes(wanted)) {
    if (released !== current) refuse(`${current} has not been released yet: npm run release -- ${current}`);
    const place = STEPS.indexOf(wanted);
    const raise = (part, index) => (index < place ? part : index === place ? part + 1 : 0);
    return partsOf(current).map(raise).join(".");
  }
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(wanted ?? "")) {
    refuse("Which version? npm run release -- patch | minor | major | 1.2.3 [--dry-run]");
  }
  if (wanted === released) refuse(`CHANGELOG.md has ${wanted} already.`);
  if (isOlder(wanted, current)) refuse(`package.json is at ${current} already, which is newer than ${wanted}.`);
  return wanted;
}

function isOlder(version, than) {
  const [own, others] = [partsOf(version), partsOf(than)];
  const place = own.findIndex((part, index) => part !== others[index]);
  return place >= 0 && own[place] < others[place];
}

/** The text of package.json or package-lock.json with another version, in the form that npm gives them. */
function withVersion(text, version) {
  const manifest = JSON.parse(text);
  manifest.version = version;
  if (manifest.packages) manifest.packages[""].version = version;
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

const { values, positionals } = parseArgs({ options: { "dry-run": { type: "boolean" } }, allowPositionals: true });
const dryRun = values["dry-run"] ?? false;
if (positionals.length > 1) refuse(`One version, please: ${positionals.join(" ")}`);

const changelog = read("CHANGELOG.md");
const version = versionFor(positionals[0], JSON.parse(read("package.json")).version, latestIn(changelog)?.version);
const tag = `v${version}`;
const changes = changesIn(unreleasedIn(changelog));
if (changes === 0) refuse("Nothing stands under Unreleased in CHANGELOG.md: there is nothing to release.");
if ((await git("status", "--porcelain")) !== "") refuse("There are changes that are not committed. Commit them first.");
if ((await git("tag", "--list", tag)) !== "") refuse(`There is a tag ${tag} already.`);

const date = new Date().toISOString().slice(0, 10);
const files = {
  "CHANGELOG.md": withRelease(changelog, version, date),
  "package.json": withVersion(read("package.json"), version),
  "package-lock.json": withVersion(read("package-lock.json"), version),
};
const changed = Object.keys(files).filter((file) => files[file] !== read(file));
if (!dryRun) for (const file of changed) writeFileSync(at(file), files[file]);

console.log(`${dryRun ? "Would make" : "Made"} ${version} of ${changes} ${changes === 1 ? "change" : "changes"}, in ${changed.join(", ")}. Next:

  git diff                                        # read what users will read
  git commit --all --message "Release ${version}"
  git tag --annotate ${tag} --message ${tag}
  git push --follow-tags

and a GitHub release of the tag ${tag}, which publishes it.`);
