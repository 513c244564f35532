import { pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import type express5 from "express";
import type { RequestHandler } from "express";
import passport from "passport";
import { Strategy as LocalStrategy } from "passport-local";

interface User {
  readonly id: number;
  readonly username: string;
}

const SALT = randomBytes(16);
const USERS = [
  { id: 1, username: "ada", hash: pbkdf2Sync("analytical", SALT, 10, 32, "sha256") },
  { id: 2, username: "bob", hash: pbkdf2Sync("hunter2", SALT, 10, 32, "sha256") },
];

/**
 * An application with passport-local after Passport's documentation, which is for express-session.
 *
 * @param session the session line
 * @param serialized what `serializeUser` keeps
 */
export function passportApp(
  express: typeof express5,
  session: RequestHandler,
  serialized: (user: User) => unknown = ({ id, username }) => ({ id, username }),
) {
  const auth = new passport.Passport();
  auth.use(
    new LocalStrategy((username, password, done) => {
      const row = USERS.find((user) => user.username === username);
      if (!row) return done(null, false, { message: "Incorrect username or password." });
      pbkdf2(password, SALT, 10, 32, "sha256", (error, hashed) => {
        if (error) return done(error);
        if (!timingSafeEqual(hashed, row.hash))
          return done(null, false, { message: "Incorrect username or password." });
        return done(null, { id: row.id, username: row.username });
      });
    }),
  );
  auth.serializeUser((user, done) => {
    process.nextTick(() => done(null, serialized(user as User)));
  });
  auth.deserializeUser((kept: unknown, done) => {
    process.nextTick(() => {
      const id = typeof kept === "object" ? (kept as User).id : kept;
      const user = USERS.find((row) => row.id === id);
      done(null, user ? { id: user.id, username: user.username } : false);
    });
  });

  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session);
  app.use(auth.authenticate("session"));

  app.get("/", (req, res) => {
    const user = req.user as User | undefined;
    const { views = null, colour = null } = req.session;
    res.json({ user: user?.username ?? null, views, colour, authenticated: req.isAuthenticated() });
  });
  app.get("/login", (req, res) => {
    const messages = req.session.messages ?? [];
    req.session.messages = [];
    res.json({ messages });
  });
  app.post(
    "/login/password",
    auth.authenticate("local", { successReturnToOrRedirect: "/", failureRedirect: "/login", failureMessage: true }),
  );
  app.post("/login/plain", auth.authenticate("local"), (req, res) => void res.json({ user: req.user }));
  app.post("/login/keep", auth.authenticate("local", { keepSessionInfo: true, successRedirect: "/" }));
  app.post("/login/remember", auth.authenticate("local", { failureRedirect: "/login" }), (req, res) => {
    if (req.body.remember) req.session.cookie.maxAge = 30 * 24 * 60 * 60 * 1000;
    else req.session.cookie.expires = false;
    res.redirect("/");
  });
  app.post("/login/remember-before", (req, res, next) => {
    req.session.cookie.maxAge = 60 * 60 * 1000;
    auth.authenticate("local", { successRedirect: "/", failureRedirect: "/login" })(req, res, next);
  });
  app.post("/signup", (req, res, next) => {
    req.login({ id: 2, username: "bob" }, (error) => {
      if (error) return next(error);
      res.redirect("/");
    });
  });
  app.post("/logout", (req, res, next) => {
    req.logout((error) => {
      if (error) return next(error);
      res.redirect("/");
    });
  });
  app.post("/logout/keep", (req, res, next) => {
    req.logout({ keepSessionInfo: true }, (error) => {
      if (error) return next(error);
      res.redirect("/");
    });
  });
  app.post("/logout/destroy", (req, res, next) => {
    req.session.destroy((error) => {
      if (error) return next(error);
      res.json({ session: typeof req.session });
    });
  });
  app.get("/account", (req, res) => {
    if (req.isAuthenticated()) return res.send("the account");
    req.session.returnTo = req.originalUrl;
    return res.redirect("/login");
  });
  app.get("/views", (req, res) => {
    req.session.views = (req.session.views ?? 0) + 1;
    res.send(`views: ${req.session.views}`);
  });
  app.get("/colour/:colour", (req, res, next) => {
    req.session.colour = req.params.colour;
    req.session.save((error) => (error ? next(error) : res.send("saved")));
  });
  app.get("/regenerate", (req, res, next) => {
    const before = req.sessionID;
    req.session.regenerate((error) => {
      if (error) return next(error);
      res.json({
        changed: before !== req.sessionID,
        same: req.sessionID === req.session.id,
        data: { ...req.session, cookie: 0 },
      });
    });
  });
  app.get("/reload", (req, res, next) => {
    req.session.colour = "not saved";
    const before = req.session;
    req.session.reload((error) => {
      if (error) return next(error);
      res.json({ colour: req.session.colour, other: before !== req.session });
    });
  });
  app.get("/touch", (req, res) => {
    res.json({ touched: req.session.touch() === req.session, kept: req.session.resetMaxAge() === req.session });
  });
  return app;
}
