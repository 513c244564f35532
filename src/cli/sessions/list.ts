import { type Command, Option } from "commander";
import type { StoredSignIn } from "../../revocation/directory.js";
import { maskSid } from "../../session/payload.js";
import { context, printJsonLine } from "../command.js";
import { formatDate, formatRelative } from "../output/dates.js";
import { pagedTable } from "../output/paged-table.js";
import { printable } from "../output/printable.js";
import { assertSubject } from "../revoke/user.js";
import { entries, storeCommand, type StoreOptions } from "../store/option.js";
import { breathe, type Ask, withStore } from "../store/use.js";
import { counted, instant, iso } from "../store/words.js";
import { directoryOf, OPT_IN } from "./directory.js";

interface Options extends StoreOptions {
  readonly user?: string;
  readonly limit?: number;
}

const MAX_SUBJECT = 32;
const MAX_LABEL = 48;

const HEADER = ["SESSION", "SIGN-IN", "SIGNED IN", "LAST SEEN", "ENDS", "USER", "LABEL"];
/** As wide as each column usually gets, so that every page of a long list has the same. */
const WIDEST = ["abcdef…", "x".repeat(22), "2026-01-05 09:30 UTC", "23h 59m ago", "in 29d 23h", "x".repeat(12), ""];

export function listCommand(): Command {
  return storeCommand("list", "show who is signed in where, session ids masked", [
    "npx sealed-session sessions list",
    "npx sealed-session sessions list --user user-42",
    "npx sealed-session sessions list --json",
  ])
    .option("--user <subject>", "of this user alone (default: of all)")
    .addOption(new Option("--limit <entries>", "at most so many (default: all)").argParser(entries))
    .action(run);
}

async function run(options: Options, self: Command): Promise<void> {
  const { user, json } = options;
  const { terminal } = context;
  if (user !== undefined) assertSubject(user);
  await withStore(options, self, async (ask) => {
    const lines = pagedTable(HEADER, WIDEST, terminal);
    let shown = 0;
    for await (const page of pages(ask, options)) {
      if (json) for (const signIn of page) printJsonLine(asJson(signIn));
      else for (const line of lines(page.map(rowOf))) terminal.data(line);
      shown += page.length;
      await breathe();
    }
    if (json) return;
    const total = shown === 0 ? await ask((store) => directoryOf(store).count()) : shown;
    const what = counted(shown, "sign-in", "sign-ins");
    terminal.say(shown === 0 ? "Nobody is signed in there." : `${what.charAt(0).toUpperCase()}${what.slice(1)}.`);
    if (total === 0) terminal.say(OPT_IN);
  });
}

async function* pages(ask: Ask, { user, limit = Number.POSITIVE_INFINITY }: Options): AsyncGenerator<StoredSignIn[]> {
  let left = limit;
  let after: string | undefined;
  do {
    const page = await ask((store) => directoryOf(store).list({ subject: user, after }));
    const found = page.signIns.slice(0, left);
    left -= found.length;
    after = page.cursor;
    yield found;
  } while (after !== undefined && left > 0);
}

/** What the user chose (a browser's name, a subject) is made printable, and cut. */
function rowOf({ id, sid, subject, createdAt, seenAt, until, label = "" }: StoredSignIn): string[] {
  const now = context.clock();
  return [
    printable(maskSid(sid)),
    printable(id, 22),
    formatDate(instant(createdAt)),
    formatRelative(instant(seenAt), now),
    formatRelative(instant(until), now),
    printable(subject, MAX_SUBJECT),
    printable(label, MAX_LABEL),
  ];
}

/** Fields are added, never renamed. */
function asJson({ id, sid, subject, createdAt, seenAt, until, label }: StoredSignIn): object {
  return {
    session: maskSid(sid),
    signIn: id,
    user: subject,
    label: label ?? null,
    signedIn: iso(createdAt),
    lastSeen: iso(seenAt),
    ends: iso(until),
  };
}
