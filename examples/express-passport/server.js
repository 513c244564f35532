import express from "express";
import passport from "passport";
import { Strategy as LocalStrategy } from "passport-local";
import { sessionMiddleware } from "sealed-session/node";
import { accountPage, homePage, signInPage } from "./pages.js";
import { sessions } from "./sessions.js";
import { checkPassword, findUser } from "./users.js";

await sessions.ready(); // a missing key fails now rather than at the first request

passport.use(
  new LocalStrategy((name, password, done) => {
    checkPassword(name, password).then((user) => done(null, user ?? false), done);
  }),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((/** @type {string} */ id, done) => done(null, findUser(id) ?? false));

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(sessionMiddleware(sessions)); // in place of express-session
app.use(passport.authenticate("session"));

app.get("/", (req, res) => {
  if (req.user) res.send(homePage(req.user.name));
  else res.send(signInPage("wrong" in req.query ? "Wrong name or password" : ""));
});

app.get("/account", (req, res) => {
  if (req.user) res.send(accountPage(req.user.name));
  else res.redirect(303, "/");
});

app.post("/sign-in", passport.authenticate("local", { successRedirect: "/", failureRedirect: "/?wrong" }));

app.post("/sign-out", (req, res, next) => {
  // Copies of the cookie are refused from now on.
  req.logout((error) => (error ? next(error) : res.redirect(303, "/")));
});

app.post("/sign-out-everywhere", async (req, res) => {
  if (req.user) await sessions.revokeSubject(req.user.id);
  await req.session.destroy();
  res.redirect(303, "/");
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, process.env.HOST ?? "localhost", () => console.log(`Listening on http://localhost:${port}`));
