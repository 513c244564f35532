import type { ReactNode } from "react";
import { shorten, splitToken } from "../../lib/token";
import { type Cookie, cookiesOf, tokenIn } from "../../lib/visitor-cookies";
import { TokenText } from "./token";
import { TokenParts } from "./token-parts";

interface Props {
  readonly cookies: readonly Cookie[];
  readonly name: string;
  /** What it is, whether it is there or not. */
  readonly children: ReactNode;
  /** Whether its parts are explained. */
  readonly explained?: boolean;
}

/** One of the shop's cookies, as this request brought it. */
export function CookieCard({ cookies, name, children, explained = false }: Props) {
  const own = cookiesOf(cookies, name);
  const text = tokenIn(own);
  const token = splitToken(text);
  return (
    <section className="card stack" aria-labelledby={name} data-testid={name}>
      <h2 id={name}>
        <code>{name}</code>
        {own.length > 1 && ` in ${own.length} cookies`}
      </h2>
      <p className="hint">{children}</p>
      {own.length === 0 && <p>Your browser sent none.</p>}
      {token && <TokenText token={token} />}
      {token && explained && <TokenParts token={token} />}
      {own.length > 0 && !token && <p className="token">{<code>{text.split(".").map(shorten).join(".")}</code>}</p>}
    </section>
  );
}
