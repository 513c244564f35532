import fastify from "fastify";
import { fastifyJar, sealedSession } from "sealed-session/fastify";
import { accountPage, homePage, signInPage } from "./pages.js";
import { sessions } from "./sessions.js";
import { checkPassword, findUser } from "./users.js";

const app = fastify();
await app.register(sealedSession, { sessions });

// Forms, which Fastify does not read by itself.
app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(String(body)))),
);

app.get("/", async ({ session }, reply) => {
  const user = findUser(session.subject);
  return reply.type("text/html; charset=utf-8").send(user ? homePage(user.name) : signInPage());
});

app.get("/account", async ({ session }, reply) => {
  const user = findUser(session.subject);
  if (!user) return reply.redirect("/", 303);
  return reply.type("text/html; charset=utf-8").send(accountPage(user.name));
});

app.post("/sign-in", async ({ session, body }, reply) => {
  const { username, password } = /** @type {Record<string, string>} */ (body ?? {});
  const user = await checkPassword(username, password);
  if (!user) return reply.code(401).type("text/html; charset=utf-8").send(signInPage("Wrong name or password"));
  await session.login(user.id); // a new session id
  return reply.redirect("/", 303);
});

app.post("/sign-out", async (request, reply) => {
  await sessions.destroy(fastifyJar(request, reply)); // copies of the cookie are refused from now on
  return reply.redirect("/", 303);
});

app.post("/sign-out-everywhere", async (request, reply) => {
  const { subject } = request.session;
  if (subject !== undefined) await sessions.revokeSubject(subject);
  await sessions.destroy(fastifyJar(request, reply));
  return reply.redirect("/", 303);
});

const address = await app.listen({ host: process.env.HOST ?? "localhost", port: Number(process.env.PORT ?? 3000) });
console.log(`Listening on ${address}`);
