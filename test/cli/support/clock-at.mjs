// Stops the clock of a process at an instant, so that what it prints can be compared.
Date.now = () => Number(process.env["CLOCK_AT"]);
