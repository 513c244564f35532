import { BASE } from "./base.js";
import { CHANGES } from "./changes.js";
import { SIGN_INS } from "./sign-ins.js";

/**
 * Lua, and whether what it does must be durable before its answer is believed. Every answer begins with the list's id,
 * the server's incarnation and the global generation. A list of Lua's ends at its first nil, so what is absent is an
 * empty text.
 */
export interface Operation {
  readonly lua: string;
  readonly records: boolean;
}

export const reading = (lua: string): Operation => ({ lua: `${BASE}${lua}`, records: false });

export const readingSignIns = (lua: string): Operation => reading(`${SIGN_INS}${lua}`);

export const changing = (lua: string, records = true): Operation => ({
  lua: `${BASE}${SIGN_INS}${CHANGES}${lua}`,
  records,
});
