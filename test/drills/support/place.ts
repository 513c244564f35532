import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Where a server has its copy of the ring. */
export interface Place {
  readonly path: string;
  /** What `keyringFile` has to be told of it. */
  readonly allow: readonly "symlink"[];
  /** Delivers a ring, as a deployment does: a reader gets the old one or the new one. */
  put(ring: string): void;
}

const NAME = "keyring.json";

/** A file that is replaced. */
export function plainFile(folder: string): Place {
  mkdirSync(folder);
  const file = path.join(folder, NAME);
  return {
    path: file,
    allow: [],
    put(ring) {
      writeFileSync(`${file}.new`, ring, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

/**
 * A mounted secret, as Kubernetes updates one: the file is a link through `..data`, which is a link to a folder of its
 * own for each version; a new version swaps `..data` and removes the old folder.
 */
export function mountedSecret(folder: string): Place {
  mkdirSync(folder);
  const data = path.join(folder, "..data");
  let version = 0;
  return {
    path: path.join(folder, NAME),
    allow: ["symlink"],
    put(ring) {
      const name = `..version_${++version}`;
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, NAME), ring, { mode: 0o600 });
      const before = version > 1 ? readlinkSync(data) : undefined;
      symlinkSync(name, `${data}_tmp`);
      renameSync(`${data}_tmp`, data);
      if (before === undefined) symlinkSync(path.join("..data", NAME), path.join(folder, NAME));
      else rmSync(path.join(folder, before), { recursive: true });
    },
  };
}
