// next-auth's own API route, with a credentials provider, served by Express instead of Next.js.
import { createRequire } from "node:module";
import express from "express";

// Not by import: see next-auth.test.ts.
const load = createRequire(import.meta.url);
const { default: nextAuth } = load("next-auth");
const { default: credentials } = load("next-auth/providers/credentials");

const authOptions = {
  providers: [
    credentials({
      credentials: { user: {} },
      authorize: ({ user }) => ({ id: user, name: `${user}'s name`, email: `${user}@example.org` }),
    }),
  ],
  callbacks: {
    // What an application adds to its tokens.
    jwt: ({ token }) => ({ ...token, note: token.note ?? "n".repeat(Number(process.env.NOTE_SIZE ?? 0)) }),
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
};

export const app = express();
app.use(express.urlencoded());
app.use("/api/auth", (req, res, next) => {
  const cookies = Object.fromEntries(
    (req.headers.cookie ?? "")
      .split("; ")
      .filter((pair) => pair !== "")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), decodeURIComponent(pair.slice(pair.indexOf("=") + 1))]),
  );
  const query = { ...req.query, nextauth: req.path.split("/").filter((part) => part !== "") };
  const { body, headers, method } = req;
  nextAuth({ query, cookies, body, headers, method }, res, { ...authOptions }).then(undefined, next);
});
