import { getIronSession, sealData, unsealData } from "sealed-session/iron-session";
import { sessionManagerOf } from "sealed-session/iron-session/managed";
import { newBrowser } from "./browser.mjs";
import { equal } from "./expect.mjs";
import { requestWith } from "./visitor.mjs";

/** Sealed by iron-session 9.0.1, for ever. */
const THEIRS = {
  password: "a password for the vectors of iron-session",
  data: { user: "ada", note: "é😀" },
  seal: "Fe26.2*1*106242ae6bb14baf5275327757e98d015b0a2c094a31443666febecb94244cbf*re-kxYHp40EHH3TVVi-VCg*pZLlMP_5Dat-QCXT0lW5jla9r9QTNUecdMe6Sxe2sRU**e8b06591a8ac50761044453ba59b2f26756c8fa8cc704dff3d141645e14c22e2*PehLb3XFNRtvhTJQ_sQN0R4Bqy7hY3FDay841XRhm3U~2",
};

async function visit(options, browser, act = async () => undefined) {
  const headers = new Headers();
  const session = await getIronSession(requestWith(browser.header()), headers, options);
  await act(session);
  browser.store(headers.getSetCookie());
  return { ...session };
}

const saving = (data) => (session) => Object.assign(session, data).save();

export function ironSessionChecks({ secret }) {
  const plain = { cookieName: "iron", password: secret };
  return {
    async "iron-session's own seal opens"() {
      equal(await unsealData(THEIRS.seal, { password: THEIRS.password }), THEIRS.data);
    },
    async "a seal that was changed, or of another password, does not open, and its reason is told"() {
      const seal = await sealData({ a: 1 }, { password: secret });
      const reasons = [];
      for (const [text, password] of [
        [seal.replace(/.(?=~2$)/, (last) => (last === "A" ? "E" : "A")), secret],
        [seal, THEIRS.password],
        [seal, { 7: secret }],
      ]) {
        equal(await unsealData(text, { password, onUnsealError: (reason) => void reasons.push(reason) }), {});
      }
      equal(reasons, ["invalid", "invalid", "unknown-password"]);
    },
    async "a session is saved, read and destroyed, in chunks too"() {
      const browser = newBrowser();
      const options = { ...plain, chunk: true };
      await visit(options, browser, saving({ note: "n".repeat(6_000) }));
      equal((await visit(options, browser)).note.length, 6_000);
      await visit(options, browser, (session) => session.destroy());
      equal(browser.header(), "");
    },
    async "with a key ring the session is taken over, and a sign-out ends copies of both cookies"() {
      const browser = newBrowser();
      await visit(plain, browser, saving({ user: "ada" }));
      const copies = [newBrowser(browser.header())];
      const options = { ...plain, keyring: `${secret}${secret}`, since: new Date(0), subject: ({ user }) => user };
      equal(await visit(options, browser), { user: "ada" });
      copies.push(newBrowser(browser.header()));
      await visit(options, browser, (session) => session.destroy());
      for (const copy of copies) equal(await visit(options, copy), {});
      const other = newBrowser();
      await visit(options, other, saving({ user: "bob" }));
      await sessionManagerOf(options).revokeSubject("bob");
      equal(await visit(options, other), {});
    },
  };
}
