import { type Command, InvalidArgumentError, Option } from "commander";
import type { Revocation } from "../../revocation/store.js";
import { maskSid } from "../../session/payload.js";
import { context, printJsonLine } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { printable } from "../output/printable.js";
import { pagedTable } from "../output/paged-table.js";
import { entries, storeCommand, type StoreOptions } from "../store/option.js";
import { breathe, type Ask, withStore } from "../store/use.js";
import { counted, instant, iso } from "../store/words.js";

const KINDS = { session: "session", user: "subject", key: "key" } as const satisfies Record<string, Revocation["kind"]>;
type Kind = keyof typeof KINDS;

interface Options extends StoreOptions {
  readonly kind?: Kind;
  readonly limit?: number;
}

const HEADER = ["KIND", "STATE", "SINCE", "SESSION ENDS", "WHICH"];
/** As wide as each column gets, so that every page of a long list has the same. */
const WIDEST = ["session", "superseded", "2026-01-05 09:30 UTC (99d 23h ago)", "2026-01-05 09:30 UTC", ""];

export function listCommand(): Command {
  return storeCommand("list", "show what is on the list, session ids masked, in the order of the last change", [
    "npx sealed-session revocations list",
    "npx sealed-session revocations list --kind user --limit 50",
    "npx sealed-session revocations list --json",
  ])
    .addOption(new Option("--kind <kind>", "of these alone: session, user or key (default: all)").argParser(kind))
    .addOption(new Option("--limit <entries>", "at most so many (default: all)").argParser(entries))
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  const { terminal } = context;
  await withStore(options, self, async (ask) => {
    const lines = pagedTable(HEADER, WIDEST, terminal);
    let shown = 0;
    for await (const page of pages(ask, options)) {
      if (options.json) for (const entry of page) printJsonLine(asJson(entry));
      else for (const line of lines(page.map(rowOf))) terminal.data(line);
      shown += page.length;
      await breathe();
    }
    if (options.json) return;
    const what = counted(shown, "entry", "entries");
    terminal.say(shown === 0 ? "There is none." : `${what.charAt(0).toUpperCase()}${what.slice(1)}.`);
  });
}

/** The list page by page, up to the limit. What is added while it is read is not waited for. */
async function* pages(
  ask: Ask,
  { kind: wanted, limit = Number.POSITIVE_INFINITY }: Options,
): AsyncGenerator<Revocation[]> {
  let left = limit;
  let after: string | undefined;
  let more = true;
  while (more && left > 0) {
    const page = await ask((store) => store.list({ after }));
    const found = page.entries.filter((entry) => wanted === undefined || entry.kind === KINDS[wanted]).slice(0, left);
    left -= found.length;
    ({ cursor: after, more } = page);
    yield found;
  }
}

function rowOf(entry: Revocation): string[] {
  const { paint } = context.terminal;
  const at = instant(entry.since);
  const since = `${formatDate(at)} (${formatRelative(at, context.clock())})`;
  if (entry.kind === "subject") return ["user", paint("red", "revoked"), since, "-", printable(entry.subject, 80)];
  if (entry.kind === "key") return ["key", paint("red", "revoked"), since, "-", printable(entry.id, 80)];
  const { sid, state, until } = entry;
  const ends = until === undefined ? "-" : formatDate(instant(until));
  return ["session", paint(state === "revoked" ? "red" : "dim", state), since, ends, printable(maskSid(sid))];
}

/** Fields are added, never renamed. */
function asJson(entry: Revocation): object {
  const since = iso(entry.since);
  if (entry.kind === "subject") return { kind: "user", user: entry.subject, since, generation: entry.generation };
  if (entry.kind === "key") return { kind: "key", key: entry.id, since };
  const { kind: what, sid, state, until } = entry;
  const ends = until === undefined ? null : iso(until);
  return { kind: what, session: maskSid(sid), state, since, ends };
}

function kind(text: string): Kind {
  if (Object.hasOwn(KINDS, text)) return text as Kind;
  throw new InvalidArgumentError(`not known; write one of ${Object.keys(KINDS).join(", ")}.`);
}
