import { createSealer, memoryStore } from "sealed-session";
import { replicated } from "sealed-session/revocation/replicated";
import { newBrowser } from "./browser.mjs";
import { equal, refusal } from "./expect.mjs";
import { newApplication, visit } from "./visitor.mjs";

async function signIn(sessions, subject) {
  const browser = newBrowser();
  await visit(sessions, browser, (session) => session.login(subject));
  return browser;
}

const rejectionOf = async (sessions, browser) =>
  (await visit(sessions, newBrowser(browser.header()))).session.rejection;

let count = 0;

/** A list, and two applications with a copy of it each, as two servers would have. */
function replicas(input) {
  const clock = () => input.now;
  const list = memoryStore({ name: `replicated-${++count}`, clock });
  const copy = () => newApplication(input, { clock, revocation: replicated(list, { maxStaleness: "1s", clock }) });
  return { list, here: copy().sessions, there: copy().sessions };
}

/** A store that answers nothing, as one that cannot be reached. */
const unreachable = () => {
  const store = memoryStore({ name: `unreachable-${++count}` });
  return { ...store, check: () => new Promise(() => undefined) };
};

export function revocationChecks(input) {
  return {
    async "revoking a session ends that one alone"() {
      const { sessions } = newApplication(input);
      const [one, two] = [await signIn(sessions, "ada"), await signIn(sessions, "ada")];
      await sessions.revokeSession((await visit(sessions, one)).session.id);
      equal([await rejectionOf(sessions, one), await rejectionOf(sessions, two)], ["revoked", undefined]);
    },
    async "revoking a subject ends all its sessions and nobody else's, and a new sign-in works"() {
      const { sessions } = newApplication(input);
      const [one, two, bob] = [
        await signIn(sessions, "ada"),
        await signIn(sessions, "ada"),
        await signIn(sessions, "bob"),
      ];
      await sessions.revokeSubject("ada");
      equal([await rejectionOf(sessions, one), await rejectionOf(sessions, two)], ["revoked", "revoked"]);
      equal(await rejectionOf(sessions, bob), undefined);
      equal(await rejectionOf(sessions, await signIn(sessions, "ada")), undefined);
    },
    async "signing out everywhere else keeps this session"() {
      const { sessions } = newApplication(input);
      const [here, there] = [await signIn(sessions, "ada"), await signIn(sessions, "ada")];
      await visit(sessions, here, (session) => session.revokeOthers());
      equal([await rejectionOf(sessions, here), await rejectionOf(sessions, there)], [undefined, "revoked"]);
    },
    async "revoking everything ends every session"() {
      const { sessions } = newApplication(input);
      const ada = await signIn(sessions, "ada");
      await sessions.revokeAll();
      equal(await rejectionOf(sessions, ada), "revoked");
    },
    async "a replica holds what it revoked itself at once"() {
      const { here } = replicas(input);
      const ada = await signIn(here, "ada");
      const stolen = newBrowser(ada.header());
      equal(await rejectionOf(here, ada), undefined);
      await visit(here, ada, (session) => session.destroy());
      equal(await rejectionOf(here, stolen), "revoked");
    },
    async "a new replica learns what another revoked before it began"() {
      const { here, there } = replicas(input);
      const ada = await signIn(here, "ada");
      await here.revokeSubject("ada");
      equal(await rejectionOf(there, ada), "revoked");
    },
    async "a store that does not answer fails the request, and leaves the cookie alone"() {
      const { sessions } = newApplication(input);
      const ada = await signIn(sessions, "ada");
      const cut = newApplication(input, { revocation: unreachable(), revocationTimeout: 20 });
      const before = ada.header();
      equal(await refusal(() => visit(cut.sessions, ada)), "ERR_REVOCATION_UNAVAILABLE");
      equal(ada.header(), before, "the cookies");
    },
    async "a single-use token opens once"() {
      const clock = () => input.now;
      const links = createSealer({ keyring: input.secret, purpose: "reset-link", clock });
      const once = links.once(memoryStore({ name: `once-${++count}`, clock }));
      const token = await once.seal({ user: 42 }, { ttl: "15m" });
      equal(await once.open(token), { user: 42 });
      equal(await refusal(() => once.open(token)), "used");
    },
  };
}
