import type { ShopSession } from "../session";
import { PARTS } from "../token";
import type { Cookie } from "../visitor-cookies";
import { editCookie, nameOtherKey } from "./altered";
import type { Exchange } from "./exchange";
import { swapPlaces } from "./moved";
import { replayAfterSignOut, signOutOtherWindow } from "./replayed";

/** An attack that a visitor tries with a session of their own. */
export interface Attack {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  /** What it comes to elsewhere, as docs/attacks.md has it. */
  readonly elsewhere: string;
  readonly button: string;
  /** Of these one is to be chosen. */
  readonly choices?: readonly string[];
}

interface Tried {
  readonly session: ShopSession;
  /** The session's own, as the request brought them. */
  readonly cookies: readonly Cookie[];
  readonly choice: string;
}

type Run = (tried: Tried) => Promise<Exchange[]>;

const ATTACKS: readonly (Attack & { readonly run: Run })[] = [
  {
    id: "edit",
    title: "Edit the cookie",
    what: "One character of one part is changed. What the seal says is believed only once its MAC is right.",
    elsewhere:
      "ASP.NET Core computed that MAC and forgot to compare it (CVE-2026-40372): cookies could be forged until it was mended.",
    button: "Change a character and send it",
    choices: PARTS,
    run: async ({ cookies, choice }) => {
      const part = PARTS.find((name) => name === choice);
      return part ? editCookie(cookies, part) : [];
    },
  },
  {
    id: "key",
    title: "Claim another key",
    what: "The cookie says which key sealed it. It is made to name another one, old or unknown.",
    elsewhere:
      "JWT libraries have taken a token’s word for the algorithm or the key that it is to be checked with (RFC 8725 has the cases).",
    button: "Change the key’s id and send it",
    run: ({ cookies }) => nameOtherKey(cookies),
  },
  {
    id: "places",
    title: "A guest’s cookie in a user’s place",
    what: "Everybody may have a guest’s cookie. It is renamed to what a signed-in user’s is called, and the other way round.",
    elsewhere:
      "iron-session, next-auth and @fastify/secure-session open the cookie of one application under another’s name when both have one secret.",
    button: "Rename and send",
    run: ({ cookies }) => swapPlaces(cookies),
  },
  {
    id: "windows",
    title: "Go on in a second window",
    what: "You are signed in twice. One window signs out everywhere else; the other one goes on as if nothing had happened. Open a private window to see it with your own eyes.",
    elsewhere:
      "better-auth’s cookie cache, where it is switched on, lets the other window go on until the cached copy runs out: five minutes unless set otherwise.",
    button: "Sign the other window out",
    run: ({ cookies, session }) => signOutOtherWindow(cookies, session),
  },
  {
    id: "replay",
    title: "Put the cookie back after signing out",
    what: "Somebody copied your cookie. You sign out, and the copy is sent again. This ends your session: the others first.",
    elsewhere:
      "iron-session, next-auth, cookie-session and @fastify/secure-session let the copy in: they keep nothing on the server.",
    button: "Sign out, then send the copy",
    run: ({ cookies, session }) => replayAfterSignOut(cookies, session),
  },
];

export const attacks: readonly Attack[] = ATTACKS.map(({ run: _run, ...attack }) => attack);

export async function runAttack(id: string, tried: Tried): Promise<Exchange[]> {
  return ATTACKS.find((attack) => attack.id === id)?.run(tried) ?? [];
}
