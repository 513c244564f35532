import { expect, test } from "vitest";
import { createSessionManager, type CookieOptions } from "sealed-session";
import { nodeJar } from "sealed-session/node";
import { serve } from "../support/server.js";
import { Browser } from "../support/sessions.js";
import { complaints, type Diagnosis, Project } from "./support/doctor.js";

interface Options {
  readonly cookie?: CookieOptions;
  readonly keyring?: string;
  readonly idleTimeout?: "60d";
  readonly absoluteTimeout?: "60d";
}

/** An application on a project's ring; its paths say what a request does. */
async function start(project: Project, options: Options = {}): Promise<string> {
  const sessions = createSessionManager<{ cart?: string }>({
    name: "app",
    keyring: project.read(".env.local").trim().replace("SESSION_KEYRING=", ""),
    idleTimeout: "30m",
    absoluteTimeout: "12h",
    ...options,
  });
  const port = await serve(async (request, response) => {
    const session = await sessions.open(nodeJar(request, response));
    if (request.url === "/store") session.set("cart", "apple");
    if (request.url === "/large") session.set("cart", "x".repeat(8_000));
    if (request.url === "/login") await session.login("ada");
    if (request.url === "/flash") session.flash("notice", "Saved");
    if (request.url === "/logout") await session.destroy();
    else await session.save();
    response.end("hello");
  });
  return `http://localhost:${port}`;
}

const saying = ({ findings }: Diagnosis, check: string): string | undefined =>
  findings.find((finding) => finding.check === check)?.what;

test("an application that does nothing unusual is fine, whatever a request does", async () => {
  const project = await Project.healthy();
  const app = await start(project);
  const browser = new Browser();
  const visits: readonly (readonly [path: string, sets: RegExp])[] = [
    ["/", /^It sets no session cookie, as it should for a visitor who stored nothing$/],
    ["/store", /^It sets __Host-app\.guest$/],
    ["/", /^It sets no session cookie: nothing changed/],
    ["/login", /^It sets __Host-app, __Host-app\.guest$|^It sets __Host-app\.guest, __Host-app$/],
    ["/flash", /^It sets __Host-app\.flash$/],
    ["/large", /^It sets __Host-app\.0, __Host-app\.1, __Host-app\.2/],
    ["/logout", /^It sets __Host-app/],
  ];
  for (const [path, sets] of visits) {
    const cookie = browser.header;
    const args = ["--strict", "--url", app + path, ...(cookie === "" ? [] : ["--cookie"])];
    const diagnosis = await project.diagnose(args, { input: cookie });
    const wrong = diagnosis.findings.filter(({ level }) => level !== "ok");
    // So large a session is told: proxies may refuse it.
    expect(
      wrong.filter(({ check }) => path !== "/large" || check !== "web.size"),
      path,
    ).toEqual([]);
    expect(saying(diagnosis, "web.session"), path).toMatch(sets);
    const response = await fetch(app + path, { headers: { cookie } });
    browser.store(response.headers.getSetCookie());
  }
  expect(browser.header).toBe("");
});

test("an application for plain http is fine on this machine, and a problem on another", async () => {
  const project = await Project.healthy();
  const app = await start(project, { cookie: { secure: false } });
  const local = await project.diagnose(["--strict", "--url", `${app}/store`]);
  expect(local.code).toBe(0);
  expect(saying(local, "web.secure")).toMatch(/^Not Secure: fine on/);
  const remote = await project.diagnose(["--url", `${app.replace("localhost", "0.0.0.0")}/store`]);
  expect(complaints(remote, "web.secure")).toEqual([expect.stringMatching(/^problem: app.guest is not Secure/)]);
  expect(complaints(remote, "web.prefix")).toHaveLength(1);
  expect(remote.code).toBe(4);
});

test("the choices of an application that let others in are told", async () => {
  const project = await Project.healthy();
  const shared = await start(project, { cookie: { domain: "example.com", sameSite: "none" } });
  const diagnosis = await project.diagnose(["--url", `${shared}/login`]);
  expect(complaints(diagnosis, "web.domain")).toEqual([expect.stringMatching(/^warning: __Secure-app has Domain=/)]);
  expect(complaints(diagnosis, "web.samesite")).toEqual([expect.stringMatching(/^warning: .* SameSite=None/)]);
  expect(complaints(diagnosis, "web.prefix")).toEqual([]);
  const below = await start(project, { cookie: { path: "/shop" } });
  expect(complaints(await project.diagnose(["--url", `${below}/store`]), "web.path")).toEqual([
    expect.stringMatching(/^warning: __Secure-app.guest has Path=\/shop/),
  ]);
});

test("an application on another ring is noticed by how long its cookies live", async () => {
  const project = await Project.healthy();
  const keyring = "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x";
  const app = await start(project, { keyring, absoluteTimeout: "60d", idleTimeout: "60d" });
  expect(complaints(await project.diagnose(["--url", `${app}/login`]), "web.max-age")).toEqual([
    expect.stringMatching(/^warning: __Host-app has Max-Age=5184000, longer than the ring allows \(30d\)/),
  ]);
});
