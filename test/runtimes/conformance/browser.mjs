/** The cookies that a browser would keep of `Set-Cookie` lines. Knows no expiry of its own. */
export function newBrowser(header = "") {
  const cookies = new Map();
  const keep = (pair) => cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  if (header !== "") header.split("; ").forEach(keep);
  return {
    cookies,
    header: () => Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; "),
    store(setCookies) {
      for (const line of setCookies) {
        const pair = line.split("; ", 1)[0];
        if (/; Max-Age=0(?:;|$)/.test(line)) cookies.delete(pair.slice(0, pair.indexOf("=")));
        else keep(pair);
      }
    },
  };
}
