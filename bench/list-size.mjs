/**
 * How large the revocation list of 10 million users gets, by the timeouts: 75 simulated days, of which the last 30 are
 * shown. Prints a table, and writes it and a plot into docs/. The habits are in list-size/habits.mjs.
 * Usage: node bench/list-size.mjs [--json] [--users 100000] [--no-docs]
 *
 * One user in a hundred is simulated, and counts for a hundred. A few of them are played into the real memory store
 * first, whose list must have the size that is told here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { formatDuration } from "../dist/duration.js";
import { print } from "./lib/report.mjs";
import { DAYS, INCIDENT_DAY, LOGOUT, SCENARIOS, USERS } from "./list-size/habits.mjs";
import { draw } from "./list-size/plot.mjs";
import { compareWithStore, tally } from "./list-size/tally.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    users: { type: "string", default: "100000" },
    docs: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const SAMPLE = Number(options.users);
const BYTES_PER_ENTRY = 20;

const shown = (hours) => hours.slice(DAYS.before * 24, (DAYS.before + DAYS.shown) * 24 + 1);
const mean = (hours) => hours.reduce((sum, value) => sum + value, 0) / hours.length;
const peak = (hours) => Math.max(...hours);
const millions = (number) => `${(number / 1e6).toFixed(number < 1e6 ? 2 : 1)} M`;
const run = (scenario, logout) => tally({ ...scenario, logout }, SAMPLE, USERS / SAMPLE);

const results = [];
for (const scenario of SCENARIOS) {
  await compareWithStore({ ...scenario, logout: LOGOUT.some }, 500);
  const [few, some, many] = [LOGOUT.few, LOGOUT.some, LOGOUT.many].map((logout) => run(scenario, logout));
  results.push({ scenario, few, some, many });
}

const rows = results.map(({ scenario, few, some, many }) => ({
  absoluteTimeout: scenario.name,
  idleTimeout: formatDuration(scenario.idle),
  "sessions alive": millions(mean(shown(some.sessions))),
  "entries a day": millions(some.addedPerDay),
  "on the list, mean": millions(mean(shown(some.entries))),
  "at the most": millions(peak(shown(some.entries))),
  [`copy at ${BYTES_PER_ENTRY} B`]: `${Math.round((peak(shown(some.entries)) * BYTES_PER_ENTRY) / 1e6)} MB`,
  [`if ${LOGOUT.few * 100} % sign out`]: millions(peak(shown(few.entries))),
  [`if ${LOGOUT.many * 100} % do`]: millions(peak(shown(many.entries))),
}));
print(rows, options.json);

if (options.docs) {
  const names = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = [line(names), line(names.map(() => "---")), ...rows.map((row) => line(Object.values(row)))].join("\n");
  const page = new URL("../docs/list-size.md", import.meta.url);
  const text = readFileSync(page, "utf8");
  const marked = /(<!-- table -->\n)[\s\S]*?(<!-- \/table -->)/;
  writeFileSync(
    page,
    text.replace(marked, (_, begin, end) => `${begin}\n${table}\n\n${end}`),
  );
  const plot = draw({
    title: "The revocation list of 10 million users, by absoluteTimeout",
    lines: results.map(({ scenario, some }) => ({ name: scenario.name, values: shown(some.entries) })),
    days: DAYS.shown,
    marked: { day: INCIDENT_DAY + 0.5, words: "revokeAll()" },
    bytesPerEntry: BYTES_PER_ENTRY,
  });
  writeFileSync(new URL("../docs/list-size.svg", import.meta.url), plot);
}
