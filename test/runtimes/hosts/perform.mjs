import { open, run } from "../conformance/index.mjs";
// Of a file that the matrix adds to the package: the cipher which it picks here.
import { cipher } from "../node_modules/sealed-session/dist/picked-cipher.js";

/**
 * One task of the matrix: the checks, or, with the others' `sealed`, opening it.
 *
 * @param host what only some hosts have, for the checks
 */
export const perform = ({ input, sealed }, host = {}) =>
  sealed === undefined ? run({ ...input, ...host, cipher }) : open(input, sealed);
