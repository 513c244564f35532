import type { RequestContext } from "sealed-session/testing";

/** One request of a case: what its response sets, or the `Cookie` header that it must carry. */
export interface Step extends RequestContext {
  readonly url: string;
  readonly set?: readonly string[];
  readonly sent?: string;
}

const LOCAL = "http://localhost";
const SHOP = "http://shop.test";
const WWW = "http://www.shop.test";
const NEWS = "http://news.test";
const MAIL = "http://mail.test";

const set = (url: string, ...lines: string[]): Step => ({ url, set: lines });
const sent = (url: string, header: string): Step => ({ url, sent: header });
const kept = (line: string, url = LOCAL): Step[] => [
  set(`${url}/`, line),
  sent(`${url}/`, line.slice(0, line.indexOf(";"))),
];
const dropped = (line: string, url = LOCAL): Step[] => [set(`${url}/`, line), sent(`${url}/`, "")];

/** Three cookies of one site, and what of them goes along from elsewhere. */
const THREE = set(
  `${LOCAL}/`,
  "strict=1; SameSite=Strict",
  "lax=2; SameSite=Lax",
  "none=3; SameSite=None; Secure; Path=/",
);

const LIST: readonly (readonly [name: string, ...steps: Step[]])[] = [
  [
    "a cookie without Domain goes back to its host alone",
    set(`${SHOP}/`, "a=1"),
    sent(`${SHOP}/`, "a=1"),
    sent(`${WWW}/`, ""),
  ],
  [
    "a cookie with Domain goes to every host below it",
    set(`${WWW}/`, "a=1; Domain=shop.test"),
    sent(`${SHOP}/`, "a=1"),
    sent(`${WWW}/`, "a=1"),
  ],
  ["a dot before Domain and its case mean nothing", set(`${WWW}/`, "a=1; Domain=.SHOP.test"), sent(`${SHOP}/`, "a=1")],
  ["an empty Domain is none", set(`${SHOP}/`, "a=1; Domain="), sent(`${SHOP}/`, "a=1"), sent(`${WWW}/`, "")],
  [
    "Domain cannot name a host below",
    set(`${SHOP}/`, "a=1; Domain=www.shop.test"),
    sent(`${WWW}/`, ""),
    sent(`${SHOP}/`, ""),
  ],
  [
    "Domain cannot name another host",
    set(`${SHOP}/`, "a=1; Domain=news.test"),
    sent(`${NEWS}/`, ""),
    sent(`${SHOP}/`, ""),
  ],
  ["Domain cannot be the end of a name", set("http://myshop.test/", "a=1; Domain=shop.test"), sent(`${SHOP}/`, "")],
  ["Domain cannot be a top-level domain", ...dropped("a=1; Domain=test", SHOP)],
  [
    "Domain=localhost is the host itself on localhost",
    ...kept("a=1; Domain=localhost"),
    sent("http://app.localhost/", ""),
  ],
  ["Domain=localhost is too wide below it", ...dropped("a=1; Domain=localhost", "http://app.localhost")],
  [
    "the same cookie with and without Domain is two",
    set(`${SHOP}/`, "a=1; Domain=shop.test", "a=2"),
    sent(`${SHOP}/`, "a=1; a=2"),
  ],

  [
    "Path covers itself and what is below it",
    set(`${LOCAL}/`, "a=1; Path=/cart"),
    sent(`${LOCAL}/cart`, "a=1"),
    sent(`${LOCAL}/cart/x`, "a=1"),
    sent(`${LOCAL}/carts`, ""),
    sent(`${LOCAL}/`, ""),
  ],
  [
    "a Path with a slash at its end does not cover the path without",
    set(`${LOCAL}/`, "a=1; Path=/cart/"),
    sent(`${LOCAL}/cart/`, "a=1"),
    sent(`${LOCAL}/cart`, ""),
  ],
  [
    "without Path the folder of the request counts",
    set(`${LOCAL}/cart/add`, "a=1"),
    sent(`${LOCAL}/cart`, "a=1"),
    sent(`${LOCAL}/cart/x/y`, "a=1"),
    sent(`${LOCAL}/`, ""),
  ],
  [
    "a Path that begins with no slash is none",
    set(`${LOCAL}/cart/add`, "a=1; Path=cart"),
    sent(`${LOCAL}/cart`, "a=1"),
    sent(`${LOCAL}/`, ""),
  ],
  [
    "of an attribute that is there twice the last one counts",
    set(`${LOCAL}/`, "a=1; Path=/x; Path=/y"),
    sent(`${LOCAL}/x`, ""),
    sent(`${LOCAL}/y`, "a=1"),
  ],
  [
    "longer paths come first, then what was set first",
    set(`${LOCAL}/`, "a=1; Path=/", "b=2; Path=/", "c=3; Path=/cart/x", "d=4; Path=/cart"),
    sent(`${LOCAL}/cart/x`, "c=3; d=4; a=1; b=2"),
  ],
  [
    "a cookie that is set again keeps its place",
    set(`${LOCAL}/`, "a=1", "b=2"),
    set(`${LOCAL}/`, "a=3"),
    sent(`${LOCAL}/`, "a=3; b=2"),
  ],
  [
    "one that was removed in between does not",
    set(`${LOCAL}/`, "a=1", "b=2", "a=; Max-Age=0", "a=3"),
    sent(`${LOCAL}/`, "b=2; a=3"),
  ],

  ["Secure is kept on localhost without https", ...kept("a=1; Secure")],
  ["and below localhost", ...kept("a=1; Secure", "http://app.localhost")],
  ["and on 127.0.0.1", ...kept("a=1; Secure", "http://127.0.0.1")],
  ["not elsewhere without https", ...dropped("a=1; Secure", SHOP)],
  ["__Host- with all it needs is kept", ...kept("__Host-a=1; Secure; Path=/")],
  ["__Host- needs Secure", ...dropped("__Host-a=1; Path=/")],
  ["__Host- needs the path to be named", ...dropped("__Host-a=1; Secure")],
  ["__Host- needs the path /", set(`${LOCAL}/x/y`, "__Host-a=1; Secure; Path=/x"), sent(`${LOCAL}/x/y`, "")],
  [
    "__Host- takes no Domain",
    set("http://app.localhost/", "__Host-a=1; Secure; Path=/; Domain=app.localhost"),
    sent("http://app.localhost/", ""),
  ],
  ["prefixes count in any case", ...dropped("__hOST-a=1; Path=/")],
  ["__Secure- with Secure is kept", ...kept("__Secure-a=1; Secure; Path=/")],
  ["__Secure- needs Secure", ...dropped("__secure-a=1; Path=/")],
  ["a nameless cookie cannot pass for a prefixed one", ...dropped("=__Host-a=1; Secure; Path=/")],

  ["Max-Age=0 removes the cookie", set(`${LOCAL}/`, "a=1"), set(`${LOCAL}/`, "a=; Max-Age=0"), sent(`${LOCAL}/`, "")],
  [
    "a negative Max-Age does so too",
    set(`${LOCAL}/`, "a=1"),
    set(`${LOCAL}/`, "a=2; Max-Age=-1"),
    sent(`${LOCAL}/`, ""),
  ],
  [
    "removing takes the same path",
    set(`${LOCAL}/`, "a=1; Path=/"),
    set(`${LOCAL}/x/y`, "a=; Max-Age=0"),
    sent(`${LOCAL}/x/y`, "a=1"),
  ],
  ["Max-Age counts before Expires", ...kept("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT")],
  ["a Max-Age that is no number is none", ...kept("a=1; Max-Age=never")],
  ["Expires in the past removes the cookie", ...dropped("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT")],
  [
    "Expires comes in many forms",
    set(
      `${LOCAL}/`,
      "a=1; Expires=Thu, 01-Jan-70 00:00:00 GMT",
      "b=2; Expires=1 jan 1970 0:0:0",
      "c=3; Expires=Fri Jan 1 00:00:00 2094",
      "d=4; Expires=01 January 94 00:00:00 GMT",
    ),
    sent(`${LOCAL}/`, "c=3"),
  ],
  ["an Expires that is no date is none", ...kept("a=1; Expires=30 Feb 1999 00:00:00 GMT")],

  ["4096 bytes of name and value are kept", ...kept(`a=${"x".repeat(4095)}; Path=/`)],
  ["4097 are not", ...dropped(`a=${"x".repeat(4096)}; Path=/`)],
  ["attributes do not count", ...kept(`a=${"x".repeat(4095)}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure`)],
  ["an attribute beyond 1024 bytes is not read", ...kept(`a=1; Path=/${"x".repeat(1024)}`)],
  [
    "a cookie that is too large leaves the old one",
    set(`${LOCAL}/`, "a=1"),
    set(`${LOCAL}/`, `a=${"x".repeat(4096)}`),
    sent(`${LOCAL}/`, "a=1"),
  ],
  ["values are left as they are", ...kept('a="b=c, %20d e"; Path=/')],
  ["without = it is all value", set(`${LOCAL}/`, "alone"), sent(`${LOCAL}/`, "alone")],
  ["spaces and tabs around name and value go", set(`${LOCAL}/`, " a \t= 1 \t; Path=/"), sent(`${LOCAL}/`, "a=1")],
  ["HttpOnly has no say on requests", ...kept("a=1; HttpOnly")],

  ["within a site every cookie goes along", THREE, sent(`${LOCAL}/`, "strict=1; lax=2; none=3")],
  ["SameSite=None needs Secure", ...dropped("a=1; SameSite=None")],
  [
    "a link on another site takes all but Strict along",
    THREE,
    { url: `${LOCAL}/`, initiator: "cross-site-navigation", sent: "lax=2; none=3" },
  ],
  [
    "a form on another site takes None alone along",
    THREE,
    { url: `${LOCAL}/`, initiator: "cross-site-navigation", method: "POST", sent: "none=3" },
  ],
  [
    "what another site fetches takes None alone along",
    THREE,
    { url: `${LOCAL}/`, initiator: "cross-site-subresource", topLevelSite: NEWS, sent: "none=3" },
  ],
  [
    "a SameSite that does not exist is Lax",
    set(`${LOCAL}/`, "a=1; SameSite=Maybe"),
    { url: `${LOCAL}/`, initiator: "cross-site-navigation", sent: "a=1" },
    { url: `${LOCAL}/`, initiator: "cross-site-subresource", topLevelSite: NEWS, sent: "" },
  ],
  [
    "a link on another site may bring a Strict cookie",
    { url: `${LOCAL}/`, initiator: "cross-site-navigation", set: ["a=1; SameSite=Strict"] },
    sent(`${LOCAL}/`, "a=1"),
  ],
  [
    "what another site fetches may bring None alone",
    { ...THREE, initiator: "cross-site-subresource", topLevelSite: NEWS },
    sent(`${LOCAL}/`, "none=3"),
  ],

  ["Partitioned needs Secure", ...dropped("a=1; Partitioned; Path=/", SHOP)],
  [
    "a partitioned cookie of the site's own pages goes along there",
    ...kept("a=1; Partitioned; Secure; Path=/; SameSite=None"),
  ],
  [
    "and not inside another site's",
    set(`${LOCAL}/`, "a=1; Partitioned; Secure; Path=/; SameSite=None"),
    { url: `${LOCAL}/`, initiator: "cross-site-subresource", topLevelSite: NEWS, sent: "" },
  ],
  [
    "one set inside another site's page goes along there alone",
    {
      url: `${LOCAL}/`,
      initiator: "cross-site-subresource",
      topLevelSite: NEWS,
      set: ["a=1; Partitioned; Secure; Path=/; SameSite=None"],
    },
    sent(`${LOCAL}/`, ""),
    { url: `${LOCAL}/`, initiator: "cross-site-subresource", topLevelSite: MAIL, sent: "" },
    { url: `${LOCAL}/`, initiator: "cross-site-subresource", topLevelSite: NEWS, sent: "a=1" },
  ],
  [
    "a partitioned cookie does not replace the other of its name",
    set(`${LOCAL}/`, "a=1; Secure; Path=/; SameSite=None", "a=2; Partitioned; Secure; Path=/; SameSite=None"),
    sent(`${LOCAL}/`, "a=1; a=2"),
  ],
  [
    "one domain has 10,240 bytes in a partition",
    set(
      `${LOCAL}/`,
      ...["a", "b", "c"].map((name) => `${name}=${"x".repeat(3999)}; Partitioned; Secure; Path=/; SameSite=None`),
    ),
    sent(`${LOCAL}/`, ["b", "c"].map((name) => `${name}=${"x".repeat(3999)}`).join("; ")),
  ],
];

/** What a browser must do; `test/e2e` asks Chromium the same. Nothing here depends on time passing. */
export const CASES = LIST.map(([name, ...steps]) => [name, steps] as const);
