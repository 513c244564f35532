import type { KeyState } from "../../../keyring/key.js";
import { shown } from "../../output/printable.js";
import { type Check, type Finding, ok, problem, warning } from "../finding.js";
import type { KnownRing } from "../known-rings.js";
import type { WebFacts } from "./facts.js";
import type { SetCookie } from "./set-cookie.js";

/** The key's id stands in plain text in a token, whole or its first chunk behind the label, and in a `.seen` value. */
const TOKEN = /^(?:[2-4][\w-]{4})?Fe26\.2\*(\w{1,32})\*/;
const SEEN = /^\d+\.\d+\.(\w{1,32})\.[\w-]{43}$/;
const BRING_IT = "Bring the ring to every server, and restart those that do not read it again by themselves";

/** Whether the application seals with the key that seals here. */
export const keyChecks: readonly Check<WebFacts>[] = [{ name: "web.key", run: sealedBy }];

function sealedBy({ cookies, rings: [ring, ...others] }: WebFacts): Finding[] | undefined {
  if (!ring) return undefined;
  return [...new Set(cookies.flatMap((cookie) => keyIdOf(cookie) ?? []))].map((id) => judge(id, ring, others));
}

function keyIdOf({ name, value }: SetCookie): string | undefined {
  return (name.endsWith(".seen") ? SEEN : TOKEN).exec(value)?.[1];
}

function judge(id: string, ring: KnownRing, others: readonly KnownRing[]): Finding {
  const state = ring.states.get(id);
  return state === undefined ? unknown(id, ring, others) : JUDGEMENTS[state](`The server seals with ${id}`, ring);
}

function unknown(id: string, { from }: KnownRing, others: readonly KnownRing[]): Finding {
  const other = others.find(({ states }) => states.has(id));
  return other
    ? warning(
        `The server seals with ${shown(id)}, a key of ${other.from}, not of ${from}`,
        `If the application should use ${from}: take the other one away from it, and restart it`,
      )
    : problem(
        `The server seals with ${shown(id)}, which is not in this ring (${from}): the server runs on another ring`,
        "Give it this ring and restart it; or give doctor the server's ring, with --file",
      );
}

type Judgement = (words: string, ring: KnownRing) => Finding;

const refusedHere =
  (state: KeyState): Judgement =>
  (words) =>
    problem(`${words}, which is ${state} here: it does not have this ring yet`, BRING_IT);

const tooEarlyOrLate =
  (state: KeyState, why: string): Judgement =>
  (words, { active }) =>
    warning(
      `${words}, which is ${state} here, and not with the active ${active}: ${why}`,
      `${BRING_IT}; and compare the clocks`,
    );

const JUDGEMENTS: Readonly<Record<KeyState, Judgement>> = {
  active: (words) => ok(`${words}, the active key`),
  pending: tooEarlyOrLate("pending", "it has another revision of the ring, or its clock is ahead"),
  retiring: tooEarlyOrLate("retiring", "it has an older ring, or its clock is behind"),
  retired: refusedHere("retired"),
  revoked: refusedHere("revoked"),
  destroyed: refusedHere("destroyed"),
};
