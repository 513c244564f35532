import fc from "fast-check";

// A mutant is dead with the first example that fails; a smaller one is of no use.
fc.configureGlobal({ endOnFailure: true });
