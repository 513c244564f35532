import type { Metadata } from "next";
import { CookieCard } from "../../components/cookie/cookie-card";
import { Unsealed } from "../../components/cookie/unsealed";
import { Shell } from "../../components/shell";
import { SignIn } from "../../components/sign-in";
import { getSession, type ShopSession } from "../../lib/session";
import { COOKIE, cookiesOf, visitorCookies } from "../../lib/visitor-cookies";
import "./cookie.css";

export const metadata: Metadata = { title: "My cookie" };

/** The visitor's own cookies, and nobody else's: those of the request that asks. */
export default async function CookiePage() {
  const [session, cookies] = [await getSession(), await visitorCookies()];
  const name = cookiesOf(cookies, COOKIE).length > 0 ? COOKIE : `${COOKIE}.guest`;
  return (
    <Shell at="/cookie">
      <h1>What is in my cookie</h1>
      <p className="hint intro">
        Your own, as this request brought it. Long parts are shortened: the whole cookie is the session, and a page that
        shows it hands it to every script on it.
      </p>
      <div className="columns wide">
        <div className="stack">
          <CookieCard cookies={cookies} name={name} explained>
            {explain(session)}
          </CookieCard>
          <CookieCard cookies={cookies} name={`${COOKIE}.seen`}>
            Moves the idle deadline of a session that is used, without touching its data: when, until when, which key,
            and a MAC. It comes when a quarter of the idle timeout has passed.
          </CookieCard>
          <CookieCard cookies={cookies} name={`${COOKIE}.flash`}>
            A message for the next page, such as “You are signed out”, sealed like a session. The page that shows it
            takes it away, so that you see one here only if it came with this request.
          </CookieCard>
        </div>
        <div className="stack">{session.isNew ? <SignIn returnTo="/cookie" /> : <Unsealed session={session} />}</div>
      </div>
    </Shell>
  );
}

function explain({ rejection, isNew }: ShopSession): string {
  if (rejection !== undefined) return "It has a session’s form, but it was refused: you are a guest without one.";
  if (isNew) return "There is no session yet: reading never sets a cookie. Fill the cart, or sign in.";
  return "The whole session, encrypted and signed. Scripts in the page cannot read the cookie.";
}
