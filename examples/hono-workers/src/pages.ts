import { html } from "hono/html";

const page = (body: ReturnType<typeof html>) =>
  html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Starter</title>
      <style>
        :root {
          color-scheme: light dark;
          font: 1rem/1.5 system-ui;
          padding: 2rem;
        }
      </style>
      ${body}
    </html>`;

export const signInPage = (notice = "") =>
  page(html`
    <h1>Nobody is signed in</h1>
    <p role="status">${notice}</p>
    <form method="post" action="/sign-in">
      <p>
        <label>Name <input name="username" autocomplete="username" required /></label>
      </p>
      <p>
        <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
      </p>
      <p><button>Sign in</button></p>
    </form>
    <p>This is Ada's demo: <code>ada</code>, <code>difference engine</code>.</p>
  `);

export const homePage = (name: string) =>
  page(html`
    <h1>Hello ${name}</h1>
    <p><a href="/account">Your account</a></p>
    <form method="post" action="/sign-out"><button>Sign out</button></form>
    <form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>
  `);

export const accountPage = (name: string) =>
  page(html`
    <h1>${name}'s account</h1>
    <p>Guests never see this page, and no copy of a cookie does after its session ended.</p>
    <p><a href="/">Back</a></p>
  `);
