import { newBrowser } from "./browser.mjs";
import { equal, refusal } from "./expect.mjs";
import { HOUR, MINUTE, newApplication, visit } from "./visitor.mjs";

const LARGE = { text: "漢".repeat(2_000) };

const save = (change) => async (session) => {
  change(session);
  await session.save();
};

/** An application and a browser that is signed in. */
async function signedIn(input, options) {
  const application = newApplication(input, options);
  const browser = newBrowser();
  await visit(application.sessions, browser, (session) => session.login("ada"));
  return { ...application, browser };
}

export function lifecycleChecks(input) {
  return {
    async "a visitor who stores nothing gets no cookie"() {
      const { sessions } = newApplication(input);
      const { session, setCookies } = await visit(sessions, newBrowser(), (session) => session.save());
      equal([session.isNew, session.subject, session.rejection, setCookies], [true, undefined, undefined, []]);
    },
    async "a guest's data is there in the next request, and reading it sets no cookie"() {
      const { sessions } = newApplication(input);
      const browser = newBrowser();
      const first = await visit(
        sessions,
        browser,
        save((session) => session.set("cart", ["book"])),
      );
      equal(first.setCookies.length, 1, "the number of cookies");
      equal(
        first.setCookies[0].replace(/=.*?; /, "; "),
        "__Host-conformance.guest; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Lax",
        "the cookie",
      );
      const { session, setCookies } = await visit(sessions, browser, (session) => session.save());
      equal([session.isNew, session.data, setCookies], [false, { cart: ["book"] }, []]);
    },
    async "a sign-in keeps the guest's data under a new id, and the guest's cookie is refused"() {
      const { sessions } = newApplication(input);
      const browser = newBrowser();
      await visit(
        sessions,
        browser,
        save((session) => session.set("cart", ["book"])),
      );
      const guest = newBrowser(browser.header());
      await visit(sessions, browser, (session) => session.login("ada"));
      equal([...browser.cookies.keys()], ["__Host-conformance"], "the cookies");
      const { session } = await visit(sessions, browser);
      equal([session.subject, session.data], ["ada", { cart: ["book"] }]);
      equal((await visit(sessions, guest)).session.rejection, "superseded");
    },
    async "a regenerated session goes on, and its old cookie is refused"() {
      const { sessions, browser } = await signedIn(input);
      const old = newBrowser(browser.header());
      await visit(sessions, browser, (session) => session.regenerate());
      equal((await visit(sessions, browser)).session.subject, "ada");
      equal((await visit(sessions, old)).session.rejection, "superseded");
    },
    async "a session in use is renewed by its small cookie, and outlives the idle timeout"() {
      const { sessions, browser, clock } = await signedIn(input);
      clock.advance(20 * MINUTE);
      const { setCookies } = await visit(sessions, browser, (session) => session.save());
      equal(
        setCookies.map((line) => line.split("=")[0]),
        ["__Host-conformance.seen"],
        "the cookies set",
      );
      clock.advance(50 * MINUTE);
      const { session } = await visit(sessions, browser);
      equal([session.subject, session.lastSeenAt], ["ada", new Date(input.now + 20 * MINUTE)]);
    },
    async "a session ends after the idle timeout, and at its deadline whatever it was used"() {
      const { sessions, browser, clock } = await signedIn(input);
      const idle = newBrowser(browser.header());
      for (let hour = 0; hour < 24; hour++) {
        clock.advance(HOUR);
        const { session } = await visit(sessions, browser, (session) => session.save());
        equal(session.subject, "ada", `the subject after ${hour + 1} h`);
      }
      clock.advance(1);
      equal((await visit(sessions, browser)).session.rejection, "expired");
      clock.advance(-22 * HOUR);
      equal((await visit(sessions, idle)).session.rejection, "idle");
    },
    async "a flash message is shown once"() {
      const { sessions, browser } = await signedIn(input);
      await visit(
        sessions,
        browser,
        save((session) => session.flash("notice", "Gespeichert ✓")),
      );
      const shown = async () => {
        let message;
        await visit(
          sessions,
          browser,
          save((session) => (message = session.flash("notice"))),
        );
        return message;
      };
      equal([await shown(), await shown()], ["Gespeichert ✓", undefined]);
    },
    async "a large session comes in chunks, which a smaller one clears"() {
      const { sessions, browser } = await signedIn(input);
      await visit(
        sessions,
        browser,
        save((session) => Object.assign(session.data, LARGE)),
      );
      const chunks = [...browser.cookies.keys()];
      equal(chunks.length > 1 && chunks.every((name) => /^__Host-conformance\.\d$/.test(name)), true, chunks.join(" "));
      equal((await visit(sessions, browser)).session.data, LARGE);
      await visit(
        sessions,
        browser,
        save((session) => session.clear()),
      );
      equal([...browser.cookies.keys()], ["__Host-conformance"], "the cookies");
    },
    async "one that no browser would keep is an error"() {
      const { sessions, browser } = await signedIn(input);
      const tooLarge = save((session) => session.set("text", "x".repeat(20_000)));
      equal(await refusal(() => visit(sessions, browser, tooLarge)), "ERR_COOKIE_TOO_LARGE");
      equal((await visit(sessions, browser)).session.subject, "ada");
    },
    async "a sign-out clears the cookies, and a copy of them is refused"() {
      const { sessions, browser } = await signedIn(input);
      const stolen = newBrowser(browser.header());
      await visit(sessions, browser, (session) => session.destroy());
      equal(browser.cookies.size, 0, "the number of cookies left");
      const { session } = await visit(sessions, stolen);
      equal([session.isNew, session.subject, session.rejection], [true, undefined, "revoked"]);
    },
    async "a destroyed session cannot be saved again"() {
      const { sessions, browser } = await signedIn(input);
      const action = async (session) => {
        await session.destroy();
        session.set("a", 1);
        await session.save();
      };
      equal(await refusal(() => visit(sessions, browser, action)), "ERR_SESSION_DESTROYED");
    },
  };
}
