import fc from "fast-check";

// A mutant is dead with the first example that fails; a smaller one is of no use.
// So is what a property would find after that time, in ms: with every mutant in it the code is slow, and it runs for
// hundreds of them.
fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: 1_000 });
