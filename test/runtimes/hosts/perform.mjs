import { open, run } from "../conformance/index.mjs";

/** One task of the matrix: the checks, or, with the others' `sealed`, opening it. */
export const perform = ({ input, sealed }) => (sealed === undefined ? run(input) : open(input, sealed));
