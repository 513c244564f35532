import { execFileSync } from "node:child_process";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serve } from "../support/server.js";
import { assertFixes, complaints, Project } from "./support/doctor.js";

const VALUE = `Fe26.2*k1**AAAAAAAAAAAAAAAAAAAAAA*${"B".repeat(64)}*1900000000000**${"C".repeat(43)}`;
const ATTRIBUTES = "Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax";
const GOOD = `__Host-app=${VALUE}; ${ATTRIBUTES}`;
const sealedWith = (keyId: string): string => GOOD.replace("*k1*", `*${keyId}*`);
const CACHE = { "cache-control": "private, no-store", vary: "Cookie" };

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** An application that answers with these headers. */
async function answering(headers: Headers, status = 200): Promise<string> {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((text) => [name, text]));
  const port = await serve((_request, response) => {
    response.writeHead(status, lines.flat());
    response.end("hello");
  });
  return `http://localhost:${port}/`;
}

/** A server that is none of http. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A host that no browser takes for its own machine; the loopback interface answers for it all the same. */
const elsewhere = (url: string): string => url.replace("localhost", "0.0.0.0");

test("a response as it should be: nothing is wrong", async () => {
  const project = await Project.healthy();
  const line = sealedWith(project.keyId);
  const url = await answering({ ...CACHE, "set-cookie": line });
  const diagnosis = await project.diagnose(["--strict", "--url", url]);
  expect(diagnosis.findings.filter(({ level }) => level !== "ok")).toEqual([]);
  expect(diagnosis.code).toBe(0);
  const words = diagnosis.findings
    .filter(({ group }) => group === "Application")
    .map(({ check, what }) => `${check} ${what}`);
  expect(words).toEqual([
    `web.answer GET ${url} answered 200; no cookies were sent`,
    "web.clock The server's clock agrees with this one",
    "web.session It sets __Host-app",
    "web.cache-control Cache-Control: private, no-store",
    "web.vary Vary has Cookie",
    `web.key The server seals with ${project.keyId}, the active key`,
    "web.prefix The name begins with __Host-: no other host can set it",
    `web.secure Secure: Chrome and Firefox keep it on ${url.slice(0, -1)}; Safari needs NODE_ENV=development`,
    "web.httponly HttpOnly: no script can read it",
    "web.samesite SameSite keeps other sites from sending it along with their forms",
    "web.path Path=/",
    "web.domain No Domain: it is this host's alone",
    "web.max-age It lives no longer than browsers and the ring allow",
    `web.size The browser will send ${line.indexOf(";") + 2} bytes of session with every request`,
    "web.twice No cookie is set twice",
  ]);
});

const cookie = (line: string): Headers => ({ ...CACHE, "set-cookie": line });

const BROKEN: readonly (readonly [
  name: string,
  check: string,
  found: RegExp,
  fix: RegExp,
  headers: Headers,
  remote?: "remote",
])[] = [
  [
    "no prefix",
    "web.prefix",
    /^problem: app has no __Host- prefix/,
    /NODE_ENV=production/,
    cookie(GOOD.replace("__Host-", "")),
    "remote",
  ],
  [
    "__Secure- without need",
    "web.prefix",
    /^warning: __Secure-app has the prefix __Secure- without need/,
    /__Host-/,
    cookie(GOOD.replace("__Host-", "__Secure-")),
  ],
  [
    "a prefix without Secure",
    "web.secure",
    /^problem: __Host-app is not Secure, which its prefix promises/,
    /proxy/,
    cookie(GOOD.replace("; Secure", "")),
  ],
  [
    "no Secure",
    "web.secure",
    /^problem: app is not Secure/,
    /NODE_ENV=production/,
    cookie(GOOD.replace("__Host-", "").replace("; Secure", "")),
    "remote",
  ],
  [
    "Secure over plain http",
    "web.secure",
    /^problem: Secure cookies over plain http: browsers drop them/,
    /by https/,
    cookie(GOOD),
    "remote",
  ],
  [
    "no HttpOnly",
    "web.httponly",
    /^problem: __Host-app is not HttpOnly/,
    /proxy/,
    cookie(GOOD.replace("; HttpOnly", "")),
  ],
  [
    "no SameSite",
    "web.samesite",
    /^warning: __Host-app has no valid SameSite/,
    /proxy/,
    cookie(GOOD.replace("; SameSite=Lax", "")),
  ],
  [
    "an unknown SameSite",
    "web.samesite",
    /^warning: __Host-app has no valid SameSite/,
    /proxy/,
    cookie(GOOD.replace("Lax", "Loose")),
  ],
  [
    "SameSite=None",
    "web.samesite",
    /^warning: __Host-app is SameSite=None/,
    /sameSite: "lax"/,
    cookie(GOOD.replace("Lax", "None")),
  ],
  [
    "SameSite=None without Secure",
    "web.samesite",
    /^problem: app is SameSite=None and not Secure/,
    /proxy/,
    cookie(GOOD.replace("Lax", "None").replace("; Secure", "").replace("__Host-", "")),
  ],
  [
    "a prefix with another path",
    "web.path",
    /^problem: __Host-app has Path=\/shop: its prefix needs Path=\//,
    /proxy_cookie_path/,
    cookie(GOOD.replace("Path=/", "Path=/shop")),
  ],
  [
    "no path",
    "web.path",
    /^warning: app has no Path/,
    /cookie.path/,
    cookie(GOOD.replace("Path=/; ", "").replace("__Host-", "")),
  ],
  [
    "a prefix with a domain",
    "web.domain",
    /^problem: __Host-app has Domain=example.com: its prefix forbids it/,
    /proxy_cookie_domain/,
    cookie(`${GOOD}; Domain=example.com`),
  ],
  [
    "a domain",
    "web.domain",
    /^warning: __Secure-app has Domain=example.com: every subdomain/,
    /cookie.domain/,
    cookie(`${GOOD.replace("__Host-", "__Secure-")}; Domain=example.com`),
  ],
  [
    "more than 400 days",
    "web.max-age",
    /^warning: __Host-app has Max-Age=40000000: browsers cut it/,
    /400d/,
    cookie(GOOD.replace("3600", "40000000")),
  ],
  [
    "longer than the ring's policy",
    "web.max-age",
    /^warning: __Host-app has Max-Age=3000000, longer than the ring allows \(30d\)/,
    /sessions.keys/,
    cookie(GOOD.replace("3600", "3000000")),
  ],
  [
    "a cookie that is too large",
    "web.size",
    /^problem: __Host-app takes \d+ bytes: browsers drop what is larger than 4096/,
    /alone/,
    cookie(GOOD.replace("BBB", "B".repeat(4_000))),
  ],
  [
    "more than proxies take",
    "web.size",
    /^warning: The browser will send 9\d{3} bytes of session/,
    /database/,
    {
      ...CACHE,
      "set-cookie": [0, 1, 2].map(
        (index) => `__Host-app.${index}=3CCCC${index === 0 ? "Fe26.2*" : ""}${"B".repeat(3_000)}; ${ATTRIBUTES}`,
      ),
    },
  ],
  [
    "more than Node takes",
    "web.size",
    /^problem: The browser will send 15\d{3} bytes of session/,
    /database/,
    {
      ...CACHE,
      "set-cookie": [0, 1, 2, 3].map(
        (index) => `__Host-app.${index}=4CCCC${index === 0 ? "Fe26.2*" : ""}${"B".repeat(3_900)}; ${ATTRIBUTES}`,
      ),
    },
  ],
  [
    "a cookie set twice",
    "web.twice",
    /^problem: __Host-app is set 2 times in one response/,
    /Set no cookie of this name/,
    { ...CACHE, "set-cookie": [GOOD, GOOD] },
  ],
  [
    "no Cache-Control",
    "web.cache-control",
    /^problem: There is no Cache-Control/,
    /private, no-store/,
    { vary: "Cookie", "set-cookie": GOOD },
  ],
  [
    "a public response",
    "web.cache-control",
    /^problem: Cache-Control is public, no-store/,
    /private, no-store/,
    { ...cookie(GOOD), "cache-control": "public, no-store" },
  ],
  [
    "a response for shared caches",
    "web.cache-control",
    /^problem: Cache-Control is s-maxage=60: a shared cache/,
    /private, no-store/,
    { ...cookie(GOOD), "cache-control": "s-maxage=60" },
  ],
  [
    "private alone",
    "web.cache-control",
    /^warning: Cache-Control is private, without no-store/,
    /private, no-store/,
    { ...cookie(GOOD), "cache-control": "private" },
  ],
  [
    "a session out of a cache",
    "web.cache-control",
    /^problem: A session cookie came out of a cache/,
    /private, no-store/,
    { ...cookie(GOOD), age: "30" },
  ],
  [
    "no Vary",
    "web.vary",
    /^warning: Vary does not name Cookie/,
    /Vary: Cookie/,
    { ...cookie(GOOD), vary: "Accept-Encoding" },
  ],
  [
    "a clock an hour ahead",
    "web.clock",
    /^problem: The server's clock says .* UTC, which is in 59m .* by this one; the ring allows 5m$/,
    /timedatectl/,
    { date: new Date(Date.now() + 3_600_000).toUTCString() },
  ],
  [
    "a clock an hour behind",
    "web.clock",
    /^problem: The server's clock says .* UTC, which is 1h.* ago by this one/,
    /timedatectl/,
    { date: new Date(Date.now() - 3_600_000).toUTCString() },
  ],
];

const CASES = BROKEN.map(([name, check, found, fix, headers, remote]) => ({
  name,
  check,
  found,
  fix,
  headers,
  remote,
}));

test.each(CASES)("$name is found by $check, with its fix", async ({ check, found, fix, headers, remote }) => {
  const project = await Project.healthy();
  const url = await answering(headers);
  const diagnosis = await project.diagnose(["--url", remote ? elsewhere(url) : url]);
  expect(complaints(diagnosis, check)).toEqual([expect.stringMatching(found)]);
  expect(diagnosis.findings.find((finding) => finding.check === check && finding.level !== "ok")?.fix).toMatch(fix);
  expect(diagnosis.code).toBe(diagnosis.counts.problem > 0 ? 4 : 0);
  assertFixes(diagnosis);
});

test("plain http on this machine: neither prefix nor Secure is needed, and said so", async () => {
  const project = await Project.healthy();
  const line = sealedWith(project.keyId).replace("__Host-", "").replace("; Secure", "");
  const url = await answering(cookie(line));
  for (const local of [url, url.replace("localhost", "127.0.0.1"), url.replace("localhost", "app.localhost")]) {
    const diagnosis = await project.diagnose(["--strict", "--url", local]);
    const answered = diagnosis.findings.some(({ check, level }) => check === "web.answer" && level === "ok");
    // Not every resolver knows the subdomains of localhost.
    if (!answered && local.includes("app.localhost")) continue;
    expect(diagnosis.code, local).toBe(0);
    const host = new URL(local).host;
    expect(diagnosis.findings.find(({ check }) => check === "web.secure")?.what).toBe(
      `Not Secure: fine on http://${host}, never on a server that others reach`,
    );
  }
});

test("a cached page's Date counts with its Age", async () => {
  const project = await Project.healthy();
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  const diagnosis = await project.diagnose(["--url", await answering({ date, age: "3600" })]);
  expect(complaints(diagnosis, "web.clock")).toEqual([]);
});

test("a visitor who stored nothing gets no session cookie, which is fine; others' cookies are not looked at", async () => {
  const project = await Project.healthy();
  const none = await project.diagnose(["--strict", "--url", await answering({})]);
  expect(none.code).toBe(0);
  expect(none.findings.find(({ check }) => check === "web.session")?.what).toBe(
    "It sets no session cookie, as it should for a visitor who stored nothing",
  );
  const others = await answering({
    "set-cookie": ["connect.sid=s%3Aabc", "next-auth.session-token=eyJ; Path=/", "theme=dark"],
  });
  const foreign = await project.diagnose(["--strict", "--url", others]);
  expect(foreign.code).toBe(0);
  expect(foreign.findings.find(({ check }) => check === "web.session")?.what).toMatch(
    /\(not looked at: 3 of others\)$/,
  );
  expect(foreign.findings.map(({ check }) => check)).not.toContain("web.prefix");
});

test("the session is known by its values, or by --cookie-name where they say nothing", async () => {
  const project = await Project.healthy();
  const seen = `__Host-shop.seen=1700000000000.1800000000000.k1.${"D".repeat(43)}; ${ATTRIBUTES}`;
  const cleared = `__Host-shop=; Max-Age=0; Path=/; Secure; SameSite=Lax`;
  const bySeen = await project.diagnose(["--url", await answering({ ...CACHE, "set-cookie": [seen, cleared] })]);
  expect(complaints(bySeen, "web.httponly")).toEqual([
    "problem: __Host-shop is not HttpOnly: any script in the page can take the session",
  ]);

  const alone = await answering({ ...CACHE, "set-cookie": cleared.replace("shop=", "shop.guest=") });
  expect(complaints(await project.diagnose(["--url", alone]), "web.httponly")).toHaveLength(1);

  const opaque = await answering({ ...CACHE, "set-cookie": "app=; Max-Age=0; Path=/" });
  expect(complaints(await project.diagnose(["--url", opaque]), "web.httponly")).toEqual([]);
  expect(complaints(await project.diagnose(["--url", opaque, "--cookie-name", "app"]), "web.httponly")).toHaveLength(1);
  expect(complaints(await project.diagnose(["--url", opaque, "--cookie-name", "other"]), "web.httponly")).toEqual([]);
});

test.each([
  [200, "ok", /answered 200; no cookies were sent$/],
  [307, "ok", /answered 307; no cookies were sent; the redirect to http:\/\/localhost:\d+\/login was not followed$/],
  [404, "warning", /answered 404/],
  [500, "problem", /answered 500/],
] as const)("status %s is %s", async (status, level, words) => {
  const project = await Project.healthy();
  const url = await answering({ location: "/login?token=hidden" }, status);
  project.hide("hidden");
  const diagnosis = await project.diagnose(["--url", `${url}?token=hidden`]);
  const finding = diagnosis.findings.find(({ check }) => check === "web.answer");
  expect(finding).toMatchObject({ level, what: expect.stringMatching(words) });
});

test("a Cookie header is sent only with --cookie, from stdin; it is never shown", async () => {
  const project = await Project.healthy();
  const sent: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    sent.push(request.headers.cookie);
    response.end();
  });
  const url = `http://localhost:${port}/`;
  const header = `theme=${project.hide("darkness")}; __Host-app=${VALUE}`;
  await project.diagnose(["--url", url], { input: header });
  const diagnosis = await project.diagnose(["--url", url, "--cookie"], { input: `Cookie: ${header}\n` });
  expect(sent).toEqual([undefined, header]);
  expect(diagnosis.findings.find(({ check }) => check === "web.answer")?.what).toMatch(
    new RegExp(`${header.length} bytes of cookies were sent$`),
  );
  // The page that shows a session must not be cached either.
  expect(complaints(diagnosis, "web.cache-control")).toHaveLength(1);
  expect(complaints(diagnosis, "web.vary")).toHaveLength(1);
  expect(diagnosis.findings.find(({ check }) => check === "web.session")?.what).toMatch(/no renewal is due/);
});

test("failures are findings with a fix", async () => {
  const project = await Project.healthy();
  const find = async (url: string, ...more: string[]): Promise<string> => {
    const diagnosis = await project.diagnose(["--url", url, ...more]);
    expect(diagnosis.code).toBe(4);
    assertFixes(diagnosis);
    const found = complaints(diagnosis, "web.answer");
    expect(found).toHaveLength(1);
    return found[0] as string;
  };
  const free = await listening(createTcpServer());
  const upgrading = await listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    }),
  );
  const silent = await listening(createTcpServer((socket) => onTestFinished(() => void socket.destroy())));
  const ssh = await listening(createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")));
  const rude = await listening(createTcpServer((socket) => socket.destroy()));
  const huge = await listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(`HTTP/1.1 200 OK\r\n${`set-cookie: a=${"x".repeat(1_000)}\r\n`.repeat(200)}\r\n`);
    }),
  );
  const escape = await listening(
    createTcpServer((socket) => socket.end("HTTP/1.1 200 OK\r\nx: \u001b[31mred\u0007\r\n\r\n")),
  );
  expect(await find(`http://localhost:${silent}/`, "--timeout", "500ms")).toMatch(
    /did not answer in time \(TIMEOUT\)$/,
  );
  expect(await find(`http://localhost:${ssh}/`)).toMatch(/what answered is not http \(HPE_/);
  expect(await find(`http://localhost:${upgrading}/`)).toMatch(/another protocol .*101\) \(UPGRADED\)$/);
  expect(await find(`http://localhost:${rude}/`)).toMatch(/hung up without an answer \(ECONNRESET\)$/);
  expect(await find(`http://localhost:${huge}/`)).toMatch(/its headers are huge \(HPE_HEADER_OVERFLOW\)$/);
  expect(await find(`http://localhost:${escape}/`)).toMatch(/what answered is not http \(HPE_/);
  expect(await find(`https://localhost:${new URL(await answering({})).port}/`)).toMatch(
    /does not speak TLS \((?:EPROTO|ERR_SSL_)/,
  );
  expect(await find("http://nowhere.invalid/")).toMatch(/there is no such host \((?:ENOTFOUND|EAI_AGAIN)\)$/);
  expect(await find(`http://localhost:${free + 0}/`, "--timeout", "500ms")).toMatch(/\(TIMEOUT\)$/);
});

test("a port where nobody listens", async () => {
  const project = await Project.healthy();
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const diagnosis = await project.diagnose(["--url", `http://localhost:${port}/`]);
  expect(complaints(diagnosis, "web.answer")).toEqual([
    `problem: GET http://localhost:${port}/: the connection was refused (ECONNREFUSED)`,
  ]);
});

test("a certificate that nobody trusts, and one that is", async () => {
  const project = await Project.healthy();
  const selfSigned =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost " +
    "-addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem";
  execFileSync("sh", ["-c", selfSigned], { cwd: project.folder, stdio: "ignore" });
  const server = createTlsServer(
    { key: project.read("key.pem"), cert: project.read("cert.pem") },
    (_request, response) => {
      response.writeHead(200, { ...CACHE, "set-cookie": sealedWith(project.keyId) });
      response.end();
    },
  );
  const port = await listening(server);
  const url = `https://localhost:${port}/`;
  const untrusted = await project.diagnose(["--url", url]);
  expect(complaints(untrusted, "web.answer")).toEqual([
    expect.stringMatching(/its TLS certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/),
  ]);
  assertFixes(untrusted);
  const trusted = await project.diagnose(["--strict", "--url", url], {
    env: { NODE_EXTRA_CA_CERTS: project.path("cert.pem") },
  });
  expect(trusted.code).toBe(0);
  expect(trusted.findings.find(({ check }) => check === "web.secure")?.what).toBe(
    "Secure: browsers send it over https alone",
  );
});

test("hostile answers never reach the terminal raw, and their length is bounded", async () => {
  const project = await Project.healthy();
  const name = `__Host-\u009b31m\u0085\u202e${"x".repeat(3_000)}`;
  const port = await listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      const lines = [
        "HTTP/1.1 302 \u009b2J",
        `Set-Cookie: ${Buffer.from(name).toString("latin1")}=${VALUE}; Path=\u009b1m; Domain=\u009b7m; SameSite=\u009b`,
        ...Array.from({ length: 300 }, () => `Set-Cookie: __Host-y\u009b=${VALUE}`),
        "Location: http://\u009b31m/\u009b",
        "Cache-Control: \u009b31m",
        "Date: Fri, 31 Dec 275760 00:00:00 GMT",
        "Age: 999999999999999999999999",
        "Content-Length: 99999999999",
      ];
      socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
    }),
  );
  const { out, err, code } = await project.words(["--url", `http://localhost:${port}/`]);
  expect(code).toBe(4);
  expect(err).toBe("");
  expect(out).toContain("answered 302");
  expect(out).toContain("__Host-??31m?????xxx");
  expect(out).toMatch(/… and \d+ more of this kind/);
  expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Cf}/u);
  const json = await project.words(["--url", `http://localhost:${port}/`, "--json"]);
  expect(json.out.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Cf}/u);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThan(700);
  expect(out.split("\n").length).toBeLessThan(200);
});

test.each([
  [["--url", "localhost:3000"], 2, /not a URL of a web page/],
  [["--url", "ftp://localhost/"], 2, /not a URL of a web page/],
  [["--url", "http://user:hidden@localhost/"], 2, /leave the password out of it/],
  [["--cookie"], 2, /need --url/],
  [["--cookie-name", "app"], 2, /need --url/],
  [["--url", "http://localhost:1/", "--cookie-name", "a b"], 2, /1 to 64 letters/],
  [["--url", "http://localhost:1/", "--timeout", "soon"], 2, /not a duration/],
  [["--url", "http://localhost:1/", "--cookie"], 2, /nothing to read/],
  [["--url", "http://app.example/", "--cookie"], 4, /not sent over plain http/],
  [["unknown"], 2, /Too many arguments/],
])("%j is refused with %i", async (args, code, words) => {
  const project = await Project.healthy();
  project.hide("hidden");
  const { out, err, code: actual } = await project.words(args);
  expect(err).toMatch(words);
  expect({ out, actual }).toEqual({ out: "", actual: code });
});

test("what is no Cookie header is not sent, nor repeated", async () => {
  const project = await Project.healthy();
  const input = `a=${project.hide("darkness")}\r\nX-Injected: 1`;
  const { err, code } = await project.words(["--url", "http://localhost:1/", "--cookie"], { input });
  expect(code).toBe(2);
  expect(err).toMatch(/is no Cookie header/);
});
