"use server";

import { runAttack } from "../../lib/attacks";
import type { Exchange } from "../../lib/attacks/exchange";
import { textOf } from "../../lib/form";
import { getSession } from "../../lib/session";
import { COOKIE, cookiesOf, visitorCookies } from "../../lib/visitor-cookies";

/** An attack of the visitor on their own session. There is no way to name another's: it is that of the request. */
export async function tryAttack(_before: readonly Exchange[], form: FormData): Promise<readonly Exchange[]> {
  const session = await getSession();
  if (session.subject === undefined) return [];
  const cookies = cookiesOf(await visitorCookies(), COOKIE);
  return runAttack(textOf(form, "attack"), { session, cookies, choice: textOf(form, "choice") });
}
