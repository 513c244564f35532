import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/*
 * Left alone, Linux likes to put a server and who keeps waking it on one processor, for minutes, and then no longer:
 * the same server answers half as many requests in one run as in another.
 */

const SERVER = "0";

/** What to write before a server's command so that it has a processor of its own; nothing where that cannot be had. */
export function ownProcessor() {
  return separate ? ["taskset", "-c", SERVER] : [];
}

/** Whether servers have a processor that this process, and what else it starts, keeps away from. */
const separate = leaveOne();

function leaveOne() {
  const count = availableParallelism();
  if (process.platform !== "linux" || count < 2) return false;
  try {
    execFileSync("taskset", ["-a", "-c", "-p", `1-${count - 1}`, String(process.pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
