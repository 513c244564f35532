import Link from "next/link";
import type { ReactNode } from "react";
import { signOut } from "../app/actions/account";
import { explainRejection } from "../lib/rejections";
import { getSession } from "../lib/session";

const PAGES = [
  { href: "/", title: "Shop" },
  { href: "/account", title: "Session" },
  { href: "/cookie", title: "My cookie" },
  { href: "/attacks", title: "Attacks" },
  { href: "/surfaces", title: "Every surface" },
  { href: "/admin", title: "Admin" },
] as const;

interface Props {
  /** The page that it frames. */
  readonly at: (typeof PAGES)[number]["href"];
  readonly children: ReactNode;
}

/**
 * Header, messages and frame of a page. Not the layout's job: Next.js keeps a layout while one moves from page to
 * page, and with it the name of somebody whose session has ended meanwhile.
 */
export async function Shell({ at, children }: Props) {
  const session = await getSession();
  return (
    <>
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <header className="bar">
        <Link href="/" className="brand">
          sealed-session <span>demo</span>
        </Link>
        <nav aria-label="Pages">
          {PAGES.map(({ href, title }) => (
            <Link key={href} href={href} {...(href === at && { "aria-current": "page" })}>
              {title}
            </Link>
          ))}
        </nav>
        <div className="who">
          <span data-testid="who">{session.subject ?? "Guest"}</span>
          {session.subject !== undefined && (
            <form action={signOut}>
              <button className="plain">Sign out</button>
            </form>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <Notices message={session.flash<string>("notice")} rejection={session.rejection} />
        {children}
      </main>
    </>
  );
}

/** The region is always there: screen readers announce only what changes in one that they know. */
function Notices({
  message,
  rejection,
}: {
  readonly message?: string | undefined;
  readonly rejection?: string | undefined;
}) {
  return (
    <div aria-live="polite" className="notices">
      {message !== undefined && (
        <p className="notice" data-testid="flash">
          {message}
        </p>
      )}
      {rejection !== undefined && (
        <p className="notice warning" data-testid="rejection">
          {explainRejection(rejection)} <code>{rejection}</code>
        </p>
      )}
    </div>
  );
}
