import { Hono } from "hono";
import { createSessionManager } from "sealed-session";
import { sealedSession } from "sealed-session/hono";
import { accountPage, homePage, signInPage } from "./pages";
import { checkPassword, findUser } from "./users";

interface Env {
  readonly SESSION_KEYRING: string; // wrangler secret put SESSION_KEYRING
}

function newApp({ SESSION_KEYRING }: Env) {
  // No `revocation`: sign-outs are kept in this isolate's memory. Read the README before you deploy it like that.
  const sessions = createSessionManager({
    name: "app",
    keyring: SESSION_KEYRING,
    idleTimeout: "30m",
    absoluteTimeout: "12h",
  });
  return new Hono()
    .use(sealedSession(sessions))
    .get("/", (c) => {
      const user = findUser(c.var.session.subject);
      return c.html(user ? homePage(user.name) : signInPage());
    })
    .get("/account", (c) => {
      const user = findUser(c.var.session.subject);
      return user ? c.html(accountPage(user.name)) : c.redirect("/", 303);
    })
    .post("/sign-in", async (c) => {
      const { username, password } = await c.req.parseBody();
      const user = await checkPassword(username, password);
      if (!user) return c.html(signInPage("Wrong name or password"), 401);
      await c.var.session.login(user.id); // a new session id
      return c.redirect("/", 303);
    })
    .post("/sign-out", async (c) => {
      await c.var.session.destroy(); // copies of the cookie are refused from now on
      return c.redirect("/", 303);
    })
    .post("/sign-out-everywhere", async (c) => {
      const { subject } = c.var.session;
      if (subject !== undefined) await sessions.revokeSubject(subject);
      await c.var.session.destroy();
      return c.redirect("/", 303);
    });
}

// A Worker's secrets come with its requests, so the manager is made at the first one.
let app: ReturnType<typeof newApp> | undefined;

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    app ??= newApp(env);
    return app.fetch(request, env);
  },
};
