/* Bundled into a script for the edge runtime's VM, which has no modules. Texts go in and out: its objects are its own. */
import { perform } from "./perform.mjs";

globalThis.performTask = async (task) => JSON.stringify(await perform(JSON.parse(task)));
