import type { DirectoryStore } from "../../revocation/directory.js";
import type { RevocationStore } from "../../revocation/store.js";
import { CommandFailure } from "../exit.js";

/** Why there may be nothing to see although people are signed in. */
export const OPT_IN =
  "The directory is opt-in: createSessionManager({ directory: true, … }) has it remember who signs in from then on.";

/** @throws CommandFailure when the store has no place for one */
export function directoryOf({ directory }: RevocationStore): DirectoryStore {
  if (directory) return directory;
  throw new CommandFailure("notFound", "This store keeps no directory of who is signed in");
}
