import type { Command } from "commander";
import { formatDuration } from "../../duration.js";
import type { RevocationStats } from "../../revocation/store.js";
import { context, printJson } from "../command.js";
import { formatDate, formatRelative, formatSpan } from "../output/dates.js";
import { printable } from "../output/printable.js";
import { table } from "../output/table.js";
import { storeCommand, type StoreOptions } from "../store/option.js";
import { withStore } from "../store/use.js";
import { count, instant, iso } from "../store/words.js";

export function statsCommand(): Command {
  return storeCommand("stats", "say how large the list is", [
    "npx sealed-session revocations stats",
    "npx sealed-session revocations stats --store sqlite:sessions.db --json",
  ]).action(run);
}

async function run(options: StoreOptions, self: Command): Promise<void> {
  await withStore(options, self, async (ask, { shown }) => {
    const stats = await ask((store) => store.stats());
    const { terminal } = context;
    if (options.json) printJson(asJson(stats));
    else for (const line of table(rowsOf(stats, shown))) terminal.data(line);
  });
}

function rowsOf(stats: RevocationStats, shown: string): string[][] {
  const { clock, terminal } = context;
  const { list, sessions, superseded, subjects, keys, all, retention } = stats;
  const rows = [
    ["Store", shown],
    ["List", printable(list, 80)],
    ["Sessions", `${count(sessions)} (${count(sessions - superseded)} revoked, ${count(superseded)} superseded)`],
    ["Users", `${count(subjects)} signed out everywhere`],
    ["Keys", `${count(keys)} revoked`],
    // It began so, or everybody was signed out then: nothing tells which.
    [
      "Refused",
      all === 0
        ? "none for its age alone"
        : `sessions of before ${formatDate(instant(all))} (${formatRelative(all, clock())})`,
    ],
    ["Kept for", retention === 0 ? "not announced yet" : `${formatSpan(retention)} where no deadline is known`],
  ];
  return rows.map(([label = "", value = ""]) => [terminal.paint("dim", label), value]);
}

function asJson({ list, sessions, superseded, subjects, keys, all, retention }: RevocationStats): object {
  return {
    list,
    sessions,
    superseded,
    users: subjects,
    keys,
    everybodySince: all === 0 ? null : iso(all),
    retention: retention === 0 ? null : formatDuration(retention),
  };
}
