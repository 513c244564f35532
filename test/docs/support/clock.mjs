// Moves the clock of a process, so that a runbook's months pass in a test.
const { now } = Date;
Date.now = () => now() + Number(process.env["CLOCK_OFFSET"] ?? 0);
