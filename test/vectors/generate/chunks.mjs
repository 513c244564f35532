/* Sessions in chunks. */
import { NOW, SECOND } from "./forge.mjs";
import { AS_GUEST, GUEST, OTHER_SID, sessionFile, sessionToken, USER } from "./cookies.mjs";

const DATA = { text: "x".repeat(300) };
const DATA_TEXT = JSON.stringify(DATA);
export const big = (path, members = {}, options = {}) =>
  sessionToken({ path, members: { dat: DATA, ...members }, ...options });

/** Chunks as they are written: equal parts behind the count and four characters of the MAC. */
export function chunksOf(token, count, { base = USER, label = `${count}${token.slice(-43, -39)}` } = {}) {
  const size = Math.ceil(token.length / count);
  return Array.from(
    { length: count },
    (_, index) => `${base}.${index}=${label}${token.slice(index * size, (index + 1) * size)}`,
  );
}

/** @param make the cookies, given the file's path */
const chunks = (expect, name, about, make, headers = {}) => {
  const path = `chunks/${expect}-${name}`;
  return sessionFile(path, about, expect, { ...(expect === "open" && { data: DATA_TEXT }), ...headers }, make(path));
};

const relabelled = (cookie, label) => cookie.replace(/=.{5}/, `=${label}`);

export const chunkFiles = [
  ...[2, 3, 4].map((count) =>
    chunks("open", `${count}-chunks`, `A session in ${count} chunks`, (path) => chunksOf(big(path), count)),
  ),
  chunks(
    "open",
    "guest",
    "A guest's session in two chunks",
    (path) => chunksOf(big(path, AS_GUEST), 2, { base: GUEST }),
    { subject: undefined },
  ),
  chunks("open", "unequal-parts", "Chunks of unequal length: where the token is cut says nothing", (path) => {
    const token = big(path);
    const label = `2${token.slice(-43, -39)}`;
    return [`${USER}.0=${label}${token.slice(0, 10)}`, `${USER}.1=${label}${token.slice(10)}`];
  }),
  chunks("open", "any-order", "The names give the order, not the header", (path) =>
    chunksOf(big(path), 3).toReversed(),
  ),
  chunks("open", "leftovers", "Chunks of a longer token that was there before", (path) => [
    ...chunksOf(big(path), 2),
    ...chunksOf(big(`${path}/before`, { sid: OTHER_SID }), 4).slice(2),
  ]),
  chunks("open", "leftovers-of-the-same-names", "A chunk of another token under a name that is used", (path) => [
    chunksOf(big(`${path}/before`, { sid: OTHER_SID }), 2)[1],
    ...chunksOf(big(path), 2),
  ]),
  chunks("open", "repeated", "A chunk that comes twice", (path) => {
    const [one, two] = chunksOf(big(path), 2);
    return [one, two, one];
  }),
  chunks(
    "open",
    "beside-a-cookie",
    "The same session, sealed earlier, in a cookie of its own",
    (path) => [`${USER}=${sessionToken({ path: `${path}/earlier` })}`, ...chunksOf(big(path, { ren: 30 }), 2)],
    { "last-seen": NOW + 30 * SECOND },
  ),
  chunks(
    "open",
    "label-is-no-proof",
    "A label that is not the MAC's beginning, the same on all: it sorts and proves nothing",
    (path) => chunksOf(big(path), 2, { label: "2AAAA" }),
  ),
  chunks("absent", "first-missing", "No first chunk", (path) => chunksOf(big(path), 3).slice(1)),
  chunks("absent", "second-missing", "No second chunk", (path) =>
    chunksOf(big(path), 3).filter((_, index) => index !== 1),
  ),
  chunks("absent", "last-missing", "No last chunk", (path) => chunksOf(big(path), 3).slice(0, 2)),
  chunks("absent", "count-too-large", "A count of three on two chunks", (path) => {
    const token = big(path);
    return chunksOf(token, 2, { label: `3${token.slice(-43, -39)}` });
  }),
  chunks("malformed", "count-too-small", "A count of two on three chunks: two thirds are no token", (path) => {
    const token = big(path);
    return chunksOf(token, 3, { label: `2${token.slice(-43, -39)}` });
  }),
  chunks("absent", "count-one", "A count of one: a single one is no chunk", (path) => [`${USER}.0=1AAAA${big(path)}`]),
  chunks("absent", "count-five", "A count of five: there are four at most", (path) => {
    const token = big(path);
    return chunksOf(token, 4, { label: `5${token.slice(-43, -39)}` });
  }),
  chunks("absent", "labels-differ", "Another label on the second chunk", (path) => {
    const [one, two] = chunksOf(big(path), 2);
    return [one, relabelled(two, "2AAAA")];
  }),
  chunks("absent", "counts-differ", "Another count on the second chunk", (path) => {
    const [one, two] = chunksOf(big(path), 2);
    return [one, two.replace("=2", "=3")];
  }),
  chunks("absent", "spliced", "The beginning of one token and the end of another", (path) => [
    chunksOf(big(path), 2)[0],
    chunksOf(big(`${path}/other`, { sid: OTHER_SID }), 2)[1],
  ]),
  chunks("tampered", "spliced-under-one-label", "The same with the same label on both", (path) => {
    const [one, two] = [chunksOf(big(path), 2)[0], chunksOf(big(`${path}/other`, { sid: OTHER_SID }), 2)[1]];
    return [one, relabelled(two, one.slice(one.indexOf("=") + 1).slice(0, 5))];
  }),
  chunks("malformed", "names-exchanged", "The chunks under each other's names", (path) => {
    const [one, two] = chunksOf(big(path), 2);
    return [two.replace(".1=", ".0="), one.replace(".0=", ".1=")];
  }),
  chunks("absent", "names-from-one", "Names that count from one", (path) =>
    chunksOf(big(path), 2).map((cookie, index) => cookie.replace(`.${index}=`, `.${index + 1}=`)),
  ),
  chunks("absent", "names-with-two-digits", "Names with two digits", (path) =>
    chunksOf(big(path), 2).map((cookie, index) => cookie.replace(`.${index}=`, `.0${index}=`)),
  ),
  chunks("misplaced", "guest-as-user", "A guest's session in the chunks of a signed-in one", (path) =>
    chunksOf(big(path, AS_GUEST), 2),
  ),
  chunks("absent", "without-labels", "The parts without their labels", (path) => chunksOf(big(path), 2, { label: "" })),
];
