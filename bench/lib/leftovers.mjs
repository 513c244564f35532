/** What must not outlive a bench, however it ends: done in reverse order when the process exits. */
const endings = [];

process.on("exit", () => {
  for (const end of endings.toReversed()) end();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

/** @param {() => void} end must be synchronous, and do no harm when there is nothing left to do */
export function atExit(end) {
  endings.push(end);
}
