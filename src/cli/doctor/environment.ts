import { ENVIRONMENT_LIMITS } from "../output/limits.js";
import { isSameRing } from "../ring-source.js";
import { type Definition, RING_VARIABLE } from "./definitions.js";
import type { Facts } from "./facts.js";
import { type Check, type Finding, ok, problem, problemOf, warning } from "./finding.js";

const OTHERS = 0o077;
/** What hosts take for all variables together. */

/** The keys in environment variables, those of the process and those in environment files. */
export const environmentChecks: readonly Check<Facts>[] = [
  { name: "environment.readable", run: readable },
  { name: "environment.ring", aboutRing: true, run: validRing },
  { name: "environment.secrets", run: strongSecrets },
  { name: "environment.size", run: size },
  { name: "environment.same-ring", run: sameRing },
  { name: "environment.one-definition", run: oneDefinition },
  { name: "environment.permissions", run: permissions },
];

function readable({ environment }: Facts): Finding[] {
  return environment.unreadable.map((file) =>
    warning(`${file} cannot be read, so nobody looked into it`, "Run it as the file's owner"),
  );
}

function validRing({ environment }: Facts): Finding[] {
  return rings(environment.definitions).map(({ name, where, form }) => {
    if (form.kind === "broken") return about(problemOf(form.error, "Copy it again, whole"), `${name} in ${where}`);
    if (form.kind === "secret") return ok(`${name} in ${where} holds a secret that is strong enough`);
    const { ringId, revision } = form.keyring;
    return ok(
      `${name} in ${where} holds ${ringId ? `the ring ${ringId}` : "a ring"}${revision ? `, revision ${revision}` : ""}`,
    );
  });
}

function strongSecrets({ environment }: Facts): Finding[] {
  return environment.definitions.flatMap(({ name, where, form }) => {
    if (name === RING_VARIABLE) return [];
    return form.kind === "broken"
      ? [about(problemOf(form.error, "Make one with: openssl rand -base64 32"), `${name} in ${where}`)]
      : [ok(`${name} in ${where} is strong enough`)];
  });
}

/** A finding that says where it is, unless its words do already. */
function about(finding: Finding, where: string): Finding {
  return finding.what.startsWith(where) ? finding : { ...finding, what: `${where}: ${finding.what}` };
}

function size({ environment }: Facts): Finding[] {
  return rings(environment.definitions).flatMap(({ name, where, value }) => {
    const bytes = Buffer.byteLength(`${name}=${value}`);
    const words = `${name} in ${where} takes ${bytes} bytes`;
    const fix = "Destroy keys that are needed no more (npx sealed-session keys prune), or ship the ring as a file";
    if (bytes > ENVIRONMENT_LIMITS.large)
      return [problem(`${words}: no host takes more than ${ENVIRONMENT_LIMITS.large}`, fix)];
    return bytes > ENVIRONMENT_LIMITS.small
      ? [warning(`${words}: AWS Lambda and the like take ${ENVIRONMENT_LIMITS.small} for all variables together`, fix)]
      : [ok(`${words} (of ${ENVIRONMENT_LIMITS.small} that every host takes)`)];
  });
}

/** The environment's ring is a copy of the file's, and has to follow it. */
function sameRing(facts: Facts): Finding[] {
  const { environment, file, path } = facts;
  const own = file?.ring?.document;
  if (!own) return [];
  return rings(environment.definitions).flatMap((definition): Finding[] => {
    const { form, where } = definition;
    if (form.kind === "broken") return [];
    const again = exportAgain(definition, facts);
    const called = `${RING_VARIABLE} in ${where}`;
    if (form.kind === "secret") return [warning(`${called} is a bare secret, not the ring in ${path}`, again)];
    const { ringId, revision } = form.keyring;
    if (ringId === undefined || revision === undefined) {
      return [warning(`${called} does not say which ring it is, or which revision`, again)];
    }
    if (ringId !== own.ringId) {
      const words = `${called} is another ring (${ringId}) than ${path} (${own.ringId}): what one seals the other does not open`;
      return [problem(words, `${again}. Find out first which of the two is the right one`)];
    }
    if (revision < own.revision) {
      return [warning(`${called} is revision ${revision}, older than ${path}: ${own.revision}`, again)];
    }
    if (revision > own.revision) {
      const words = `${path} is revision ${own.revision}, older than ${called}: ${revision}`;
      return [warning(words, `Fetch the newest ${path} from where keys are rotated`)];
    }
    return [
      isSameRing(definition.value, own)
        ? ok(`${called} is the ring in ${path}`)
        : problem(
            `${called} and ${path} are revision ${revision} both, and differ: two changes were made apart`,
            again,
          ),
    ];
  });
}

/** A copy that nobody reads is better gone: the next rotation would leave it behind again. */
function exportAgain({ file }: Definition, { path, fileOption }: Facts): string {
  const remove = `Remove the variable${file ? ` from ${file.name}` : ""} if the application uses the file ${path}`;
  const command = `npx sealed-session keys export${fileOption}`;
  return file
    ? `${remove}. If it uses the variable: remove the line, then: ${command} --name ${RING_VARIABLE} >> ${file.name}`
    : `${remove}. If it uses the variable, export the ring again, to where it is set, for example: ${command} | vercel env add ${RING_VARIABLE} production --force`;
}

function oneDefinition({ environment }: Facts): Finding[] {
  const found = rings(environment.definitions);
  if (found.length < 2) return [];
  const places = found.map(({ where }) => where).join(", ");
  return new Set(found.map(({ value }) => value)).size === 1
    ? [ok(`${RING_VARIABLE} is the same in ${places}`)]
    : [
        warning(
          `${RING_VARIABLE} is not the same in ${places}: NODE_ENV decides which one a program takes`,
          "Keep one definition, or make sure that each is meant: one for development, one for production",
        ),
      ];
}

function permissions({ environment }: Facts): Finding[] {
  // Windows has no such modes.
  if (process.platform === "win32") return [];
  const files = new Map(environment.definitions.flatMap(({ file }) => (file ? [[file.name, file] as const] : [])));
  return [...files.values()].map(({ name, mode }) => {
    const text = mode.toString(8).padStart(4, "0");
    return (mode & OTHERS) === 0
      ? ok(`Only its owner can read ${name} (mode ${text})`)
      : warning(`${name} holds secrets, and others can read it (mode ${text})`, `Run: chmod 600 ${name}`);
  });
}

function rings(definitions: readonly Definition[]): Definition[] {
  return definitions.filter(({ name }) => name === RING_VARIABLE);
}
