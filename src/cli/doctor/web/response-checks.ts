import { formatDuration } from "../../../duration.js";
import { formatDate, formatRelative } from "../../output/dates.js";
import { type Check, type Finding, ok, problem, warning } from "../finding.js";
import { shown } from "../../output/printable.js";
import type { WebFacts } from "./facts.js";

const WRITE_BOTH =
  'Leave the headers that the session sets alone: "Cache-Control: private, no-store" and "Vary: Cookie"';
/** The `Date` header has whole seconds. */
const RESOLUTION = 1_000;
/** Beyond it there are no dates. */
const LAST_DATE = 8.64e15;

/** The answer as a whole. */
export const responseChecks: readonly Check<WebFacts>[] = [
  { name: "web.answer", run: status },
  { name: "web.clock", run: clock },
  { name: "web.session", run: session },
  { name: "web.cache-control", run: cacheControl },
  { name: "web.vary", run: vary },
];

function status({ url, answer, sentCookieBytes }: WebFacts): Finding {
  const sent = sentCookieBytes === 0 ? "no cookies were sent" : `${sentCookieBytes} bytes of cookies were sent`;
  const words = `GET ${addressOf(url)} answered ${answer.status}; ${sent}`;
  if (answer.status >= 500) return problem(words, "Look at the application's log; then ask again");
  if (answer.status >= 400) return warning(words, "Give the URL of a page that is there");
  if (answer.status < 300 || answer.status === 304) return ok(words);
  return ok(`${words}; the redirect to ${target(answer.header("location"), url)} was not followed`);
}

/** Without the query: it may hold a token. */
export function addressOf({ origin, pathname }: URL): string {
  return shown(origin) + shown(pathname);
}

function target(location: string | undefined, url: URL): string {
  const to = location !== undefined && URL.canParse(location, url) ? new URL(location, url) : undefined;
  return to ? addressOf(to) : "nowhere";
}

/** Deadlines are dates: the server's clock decides over them, the ring's dates over its keys. */
function clock({ answer, skew }: WebFacts): Finding | undefined {
  const date = Date.parse(answer.header("date") ?? "");
  if (Number.isNaN(date)) return undefined;
  // What a cache answers has been there for some time.
  const age = /^\d{1,9}$/.exec(answer.header("age") ?? "")?.[0] ?? "0";
  const theirs = Math.min(date + Number(age) * 1_000, LAST_DATE);
  const off = Math.max(answer.sentAt - theirs - RESOLUTION, theirs - answer.receivedAt);
  return off > skew
    ? problem(
        `The server's clock says ${formatDate(theirs)}, which is ${formatRelative(theirs, answer.receivedAt)} by this one; the ring allows ${formatDuration(skew)}`,
        "Set the clock that is wrong, and let it be kept right: timedatectl set-ntp true",
      )
    : ok("The server's clock agrees with this one");
}

function session({ cookies, otherCookies, sentSession }: WebFacts): Finding {
  const others = otherCookies === 0 ? "" : ` (not looked at: ${otherCookies} of others)`;
  if (cookies.length > 0) {
    const names = [...new Set(cookies.map(({ name }) => shown(name)))].slice(0, 8).join(", ");
    return ok(`It sets ${names}${others}`);
  }
  return sentSession
    ? ok(`It sets no session cookie: nothing changed, and no renewal is due${others}`)
    : ok(`It sets no session cookie, as it should for a visitor who stored nothing${others}`);
}

/** A shared cache would hand one visitor's session, or what it shows, to another. */
function cacheControl(web: WebFacts): Finding | undefined {
  if (!touchesSession(web)) return undefined;
  const value = web.answer.header("cache-control") ?? "";
  const rules = new Set(value.split(",").map((rule) => rule.trim().toLowerCase().split("=")[0]));
  if (web.answer.header("age") !== undefined && web.cookies.length > 0) {
    return problem("A session cookie came out of a cache (the answer has an Age): others get the same one", WRITE_BOTH);
  }
  if (rules.has("no-store") && !rules.has("public")) return ok(`Cache-Control: ${shown(value)}`);
  if (rules.has("private")) {
    return warning(
      `Cache-Control is ${shown(value)}, without no-store: after a sign-out the back button still shows the page`,
      WRITE_BOTH,
    );
  }
  const what = value === "" ? "There is no Cache-Control" : `Cache-Control is ${shown(value)}`;
  return problem(`${what}: a shared cache may give one visitor's session to another`, WRITE_BOTH);
}

function vary(web: WebFacts): Finding | undefined {
  if (!touchesSession(web)) return undefined;
  const fields = (web.answer.header("vary") ?? "").split(",").map((field) => field.trim().toLowerCase());
  return fields.includes("cookie") || fields.includes("*")
    ? ok("Vary has Cookie")
    : warning("Vary does not name Cookie: a cache may answer a visitor with what another one saw", WRITE_BOTH);
}

function touchesSession({ cookies, sentSession }: WebFacts): boolean {
  return cookies.length > 0 || sentSession;
}
