import { MAX_COOKIE_BYTES, MAX_TOTAL_BYTES } from "../../../cookies/chunks.js";
import { formatDuration } from "../../../duration.js";
import { type Check, type Finding, ok, problem, warning } from "../finding.js";
import { shown } from "../../output/printable.js";
import { isLocal, type WebFacts } from "./facts.js";
import { maxAgeOf, removes, type SetCookie } from "./set-cookie.js";

/** What many proxies take for a request's headers in all (nginx, AWS). */
const PROXY_BYTES = 8_192;
/** Browsers cut a longer life to this: 400 days, in seconds. */
const MAX_MAX_AGE = 400 * 86_400;

const BEHIND_PROXY = "Does a proxy rewrite it? Turn off proxy_cookie_path, proxy_cookie_domain and the like";
const NOT_OURS = "Set no cookie of this name elsewhere; a proxy that edits Set-Cookie must leave it alone";

/** What a check says of one cookie: a complaint, or nothing. */
type Look = (cookie: SetCookie, web: WebFacts) => Finding | undefined;

/** The attributes of the session's cookies. */
export const cookieChecks: readonly Check<WebFacts>[] = [
  { name: "web.prefix", run: each(prefix, healthyPrefix) },
  { name: "web.secure", run: secure },
  { name: "web.httponly", run: each(httpOnly, "HttpOnly: no script can read it") },
  { name: "web.samesite", run: each(sameSite, "SameSite keeps other sites from sending it along with their forms") },
  { name: "web.path", run: each(path, "Path=/") },
  { name: "web.domain", run: each(domain, "No Domain: it is this host's alone") },
  { name: "web.max-age", run: each(maxAge, "It lives no longer than browsers and the ring allow") },
  { name: "web.size", run: size },
  { name: "web.twice", run: twice },
];

/** Every cookie that complains, or one line for all that do not. */
function each(look: Look, healthy: string | ((web: WebFacts) => string)): Check<WebFacts>["run"] {
  return (web) => {
    if (web.cookies.length === 0) return undefined;
    const complaints = web.cookies.flatMap((cookie) => look(cookie, web) ?? []);
    return complaints.length > 0 ? complaints : ok(typeof healthy === "string" ? healthy : healthy(web));
  };
}

function plainHttpHere({ url }: WebFacts): boolean {
  return url.protocol === "http:" && isLocal(url);
}

function healthyPrefix({ url, cookies }: WebFacts): string {
  if (cookies.every(({ name }) => name.startsWith("__Host-"))) {
    return "The name begins with __Host-: no other host can set it";
  }
  return cookies.every(({ name }) => /^__(?:Host|Secure)-/.test(name))
    ? "The name begins with __Secure-: plain http cannot set it"
    : `The name has no prefix: fine on http://${url.host}, never on a server that others reach`;
}

function prefix({ name, attributes }: SetCookie, web: WebFacts): Finding | undefined {
  if (name.startsWith("__Host-")) return undefined;
  if (name.startsWith("__Secure-")) {
    return attributes.has("domain") || attributes.get("path") !== "/"
      ? undefined
      : warning(
          `${shown(name)} has the prefix __Secure- without need`,
          "Leave out cookie.domain and cookie.path: the prefix is then __Host-",
        );
  }
  if (plainHttpHere(web)) return undefined;
  return problem(
    `${shown(name)} has no __Host- prefix: a sibling subdomain or plain http can set it`,
    "Run with NODE_ENV=production, and without cookie: { secure: false }",
  );
}

function secure(web: WebFacts): readonly Finding[] | undefined {
  const { url, cookies } = web;
  if (cookies.length === 0) return undefined;
  const without = cookies.filter(({ attributes }) => !attributes.has("secure"));
  const prefixed = without.filter(({ name }) => /^__(?:Host|Secure)-/.test(name));
  if (prefixed.length > 0) {
    return prefixed.map(({ name }) =>
      problem(`${shown(name)} is not Secure, which its prefix promises: browsers drop it`, BEHIND_PROXY),
    );
  }
  if (without.length > 0) {
    if (plainHttpHere(web)) {
      return [ok(`Not Secure: fine on http://${url.host}, never on a server that others reach`)];
    }
    return without.map(({ name }) =>
      problem(
        `${shown(name)} is not Secure: a browser sends it over plain http, where anybody can read it`,
        "Run with NODE_ENV=production, and without cookie: { secure: false }",
      ),
    );
  }
  if (url.protocol === "https:") return [ok("Secure: browsers send it over https alone")];
  return isLocal(url)
    ? [ok(`Secure: Chrome and Firefox keep it on http://${url.host}; Safari needs NODE_ENV=development`)]
    : [
        problem(
          "Secure cookies over plain http: browsers drop them, and nobody stays signed in",
          "Serve the application by https, and give its https URL",
        ),
      ];
}

function httpOnly({ name, attributes }: SetCookie): Finding | undefined {
  return attributes.has("httponly")
    ? undefined
    : problem(`${shown(name)} is not HttpOnly: any script in the page can take the session`, BEHIND_PROXY);
}

function sameSite({ name, attributes }: SetCookie): Finding | undefined {
  const value = attributes.get("samesite")?.toLowerCase();
  if (value === "lax" || value === "strict") return undefined;
  if (value !== "none") {
    return warning(`${shown(name)} has no valid SameSite: browsers differ in what they take for it`, BEHIND_PROXY);
  }
  if (!attributes.has("secure")) {
    return problem(`${shown(name)} is SameSite=None and not Secure: browsers drop it`, BEHIND_PROXY);
  }
  return warning(
    `${shown(name)} is SameSite=None: every other site's requests carry the session`,
    'Use cookie: { sameSite: "lax" }, unless the pages are embedded elsewhere; then protect every change against CSRF',
  );
}

function path({ name, attributes }: SetCookie): Finding | undefined {
  const value = attributes.get("path") ?? "";
  if (value === "/") return undefined;
  const where = value === "" ? "no Path" : `Path=${shown(value)}`;
  return name.startsWith("__Host-")
    ? problem(`${shown(name)} has ${where}: its prefix needs Path=/, and browsers drop it`, BEHIND_PROXY)
    : warning(`${shown(name)} has ${where}: pages elsewhere do not see the session`, "Leave out cookie.path");
}

function domain({ name, attributes }: SetCookie): Finding | undefined {
  const value = attributes.get("domain");
  if (value === undefined) return undefined;
  return name.startsWith("__Host-")
    ? problem(`${shown(name)} has Domain=${shown(value)}: its prefix forbids it, and browsers drop it`, BEHIND_PROXY)
    : warning(
        `${shown(name)} has Domain=${shown(value)}: every subdomain gets the session, and can overwrite it`,
        "Leave out cookie.domain unless subdomains share the session",
      );
}

function maxAge(cookie: SetCookie, { absoluteTimeout, answer }: WebFacts): Finding | undefined {
  if (removes(cookie, answer.receivedAt)) return undefined;
  const seconds = maxAgeOf(cookie.attributes.get("max-age"));
  if (seconds === undefined) return undefined;
  if (seconds > MAX_MAX_AGE) {
    return warning(
      `${shown(cookie.name)} has Max-Age=${seconds}: browsers cut it to 400 days`,
      "Lower absoluteTimeout to 400d or less",
    );
  }
  // Whole seconds, rounded up.
  if (absoluteTimeout !== undefined && (seconds - 1) * 1_000 > absoluteTimeout) {
    return warning(
      `${shown(cookie.name)} has Max-Age=${seconds}, longer than the ring allows (${formatDuration(absoluteTimeout)}): the application runs on another ring`,
      "Compare the keys that it uses (sessions.keys()) with: npx sealed-session keys status",
    );
  }
  return undefined;
}

function size({ cookies }: WebFacts): readonly Finding[] | undefined {
  if (cookies.length === 0) return undefined;
  const large = cookies.filter(({ bytes }) => bytes > MAX_COOKIE_BYTES);
  if (large.length > 0) {
    return large.map(({ name, bytes }) =>
      problem(`${shown(name)} takes ${bytes} bytes: browsers drop what is larger than ${MAX_COOKIE_BYTES}`, NOT_OURS),
    );
  }
  const total = cookies.reduce((sum, { name, value }) => sum + name.length + value.length + 3, 0);
  const words = `The browser will send ${total} bytes of session with every request`;
  const fix = "Keep large things in a database, and their ids in the session";
  if (total > MAX_TOTAL_BYTES) return [problem(`${words}: Node refuses headers of more than 16384 in all`, fix)];
  if (total > PROXY_BYTES) return [warning(`${words}: many proxies refuse headers of more than ${PROXY_BYTES}`, fix)];
  return [ok(words)];
}

function twice({ cookies }: WebFacts): readonly Finding[] | undefined {
  if (cookies.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const { name } of cookies) counts.set(name, (counts.get(name) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count > 1);
  return repeated.length === 0
    ? [ok("No cookie is set twice")]
    : repeated.map(([name, count]) =>
        problem(
          `${shown(name)} is set ${count} times in one response: which one counts is a matter of chance`,
          NOT_OURS,
        ),
      );
}
