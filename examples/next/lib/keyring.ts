import { keyringFile } from "sealed-session/keyring/file";

/** The variable is the command line's own. */
export const RING_FILE = process.env.SESSION_KEYRING_FILE ?? "keyring.json";

/** Watched: a rotated ring is in use soon after it was written, without a restart. */
export const keyring = keyringFile(RING_FILE);
