import { existsSync } from "node:fs";
import path from "node:path";
import { folderOf, isPinned, pinnedVersion } from "./installed.mjs";

const { platform, arch } = process;
const [MACHINE] = process.versions.node.split(".").map(Number);
const PINNED_NODES = [22, 24, 26];

/** The package that brings a runtime for this platform, and its program in there. */
const PROGRAMS = {
  ...Object.fromEntries(
    PINNED_NODES.map((major) => [`node-${major}`, [`node-${major}-${platform}-${arch}`, "bin/node"]]),
  ),
  bun: [`@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, "bin/bun"],
  deno: [`@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, "deno"],
  workerd: [`@cloudflare/workerd-${platform}-${arch === "x64" ? "64" : arch}`, "bin/workerd"],
  edge: ["@edge-runtime/vm", "package.json"],
};

/** The Node that miniflare runs on: it needs 22. */
const hostOfWorkerd = () => (MACHINE >= 22 ? process.execPath : find("node-24").program);

function find(id) {
  const [name, file] = PROGRAMS[id];
  if (!isPinned(name)) return { unavailable: `there is none for ${platform} on ${arch}` };
  const folder = folderOf(name);
  const program = folder && path.join(folder, file);
  return program && existsSync(program) ? { program } : { missing: "it is not installed" };
}

/** Denies what a library for sessions has no need of, environment variables included. */
const DENO = ["run", "--no-prompt", "--no-remote", "--no-config", "--node-modules-dir=manual", "--allow-read=."];

const CATALOGUE = [
  {
    id: `node-${MACHINE}`,
    title: `Node ${MACHINE}`,
    kind: "process",
    cipher: "node:crypto",
    program: process.execPath,
  },
  {
    id: `node-${MACHINE}-webcrypto`,
    title: `Node ${MACHINE}, \`--conditions=workerd\``,
    kind: "process",
    cipher: "webcrypto",
    program: process.execPath,
    args: ["--conditions=workerd"],
  },
  ...PINNED_NODES.filter((major) => major !== MACHINE).map((major) => ({
    id: `node-${major}`,
    title: `Node ${major}`,
    kind: "process",
    cipher: "node:crypto",
  })),
  { id: "bun", title: "Bun", kind: "process", cipher: "node:crypto", args: ["--no-install"] },
  { id: "deno", title: "Deno", kind: "process", cipher: "node:crypto", args: DENO },
  { id: "workerd", title: "workerd (Cloudflare Workers)", kind: "workerd", cipher: "webcrypto" },
  { id: "edge", title: "Edge runtime VM (Next.js edge)", kind: "edge", cipher: "webcrypto" },
];

/**
 * @typedef {object} Runtime
 * @property {string} id
 * @property {string} title in Markdown
 * @property {"process" | "workerd" | "edge"} kind how a task gets into it
 * @property {"node:crypto" | "webcrypto"} cipher the one that it is to pick
 * @property {string | undefined} program
 * @property {readonly string[]} args
 * @property {string} [version] where the runtime does not tell it itself
 * @property {string} [missing] why it cannot be used: it is to be installed
 * @property {string} [unavailable] why it cannot be used: there is none for this platform
 */

/**
 * Every runtime of the matrix.
 *
 * @returns {Runtime[]}
 */
export function listRuntimes() {
  return CATALOGUE.map((runtime) => {
    const { args = [], program } = runtime;
    const found = program === undefined ? find(runtime.id) : { program };
    if (runtime.kind === "workerd") {
      return { ...runtime, args, ...found, program: hostOfWorkerd(), version: pinnedVersion("workerd") };
    }
    if (runtime.kind === "edge") {
      return { ...runtime, args, ...found, program: process.execPath, version: pinnedVersion("@edge-runtime/vm") };
    }
    return { ...runtime, args, ...found };
  });
}

/** @param {Runtime} runtime */
export const isUsable = ({ missing, unavailable }) => missing === undefined && unavailable === undefined;
