/** @param {string} text */
const escape = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param {string} body */
const page = (body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Starter</title>
<style>:root { color-scheme: light dark; font: 1rem/1.5 system-ui; padding: 2rem }</style>
${body}
</html>`;

export const signInPage = (notice = "") =>
  page(`<h1>Nobody is signed in</h1>
<p role="status">${escape(notice)}</p>
<form method="post" action="/sign-in">
  <p><label>Name <input name="username" autocomplete="username" required></label>
  <p><label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <p><button>Sign in</button>
</form>
<p>This is Ada's demo: <code>ada</code>, <code>difference engine</code>.`);

/** @param {string} name */
export const homePage = (name) =>
  page(`<h1>Hello ${escape(name)}</h1>
<p><a href="/account">Your account</a>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>`);

/** @param {string} name */
export const accountPage = (name) =>
  page(`<h1>${escape(name)}'s account</h1>
<p>Guests never see this page, and no copy of a cookie does after its session ended.
<p><a href="/">Back</a>`);
