import { newBrowser } from "./browser.mjs";
import { equal } from "./expect.mjs";
import { flip, withPart } from "./sealer.mjs";
import { newApplication, visit } from "./visitor.mjs";

const NAME = "__Host-conformance";

/** The value of the signed-in cookie of a fresh sign-in. */
async function valueOf(sessions, subject) {
  const browser = newBrowser();
  await visit(sessions, browser, (session) => session.login(subject));
  return browser.cookies.get(NAME);
}

async function opened(sessions, header) {
  const { session, setCookies } = await visit(sessions, { header: () => header, store: () => undefined });
  return [session.subject, session.isNew, session.rejection, setCookies];
}

/** Values of a cookie that are not tokens of ours, as far as a `Cookie` header can carry them. */
const hostileValues = (token) => [
  "",
  "x",
  '"unfinished',
  "%00%ff%E0%A4%A",
  "%".repeat(3_000),
  "Fe26.2*1*a*b*c*9999999999999*d*e~2",
  "Fe26.2*__proto__**a*b*1**c",
  "*".repeat(1_000),
  "e30.e30.e30",
  "\u00e9\u00ff",
  token.slice(0, -1),
  token.replace("Fe26.2", "Fe26.1"),
  ...[flip, (text) => `${text}A`, () => "__proto__"].flatMap((change) =>
    Array.from({ length: 8 }, (_, part) => withPart(token, part, change)),
  ),
];

export function hostileChecks(input) {
  return {
    async "no cookie makes it throw, and none but ours is a session"() {
      const { sessions, events } = newApplication(input);
      const token = await valueOf(sessions, "ada");
      for (const value of hostileValues(token)) {
        for (const name of [NAME, `${NAME}.guest`, `${NAME}.0`, `${NAME}.seen`, `${NAME}.flash`]) {
          const [subject, isNew, , setCookies] = await opened(sessions, `${name}=${value}`);
          equal([subject, isNew, setCookies], [undefined, true, []], `what ${name}=${value.slice(0, 40)} opens as`);
        }
      }
      for (const reason of ["malformed", "tampered", "unknown_key"])
        equal(events.includes(reason), true, `whether ${reason} was told`);
    },
    async "hostile cookies beside the good one do no harm"() {
      const { sessions } = newApplication(input);
      const token = await valueOf(sessions, "ada");
      for (const value of hostileValues(token)) {
        const twins = [`${NAME}=${value}; ${NAME}=${token}`, `${NAME}=${token}; ${NAME}=${value}`];
        for (const header of twins)
          equal((await opened(sessions, header))[0], "ada", `beside ${value.slice(0, 40)}, the subject`);
      }
    },
    async "a header of hostile size or shape is a fresh session"() {
      const { sessions } = newApplication(input);
      const token = await valueOf(sessions, "ada");
      const headers = [
        ";".repeat(60_000),
        "=".repeat(60_000),
        `${NAME}=${token}; filler=${"x".repeat(70_000)}`,
        Array.from({ length: 2_000 }, () => `${NAME}=x`).join("; "),
      ];
      for (const header of headers) equal((await opened(sessions, header)).slice(0, 2), [undefined, true]);
    },
    async "two live sessions in one request make it anonymous; a dead twin does not"() {
      const { sessions } = newApplication(input);
      const [ada, bob] = [await valueOf(sessions, "ada"), await valueOf(sessions, "bob")];
      for (const header of [`${NAME}=${ada}; ${NAME}=${bob}`, `${NAME}=${bob}; ${NAME}=${ada}`])
        equal((await opened(sessions, header)).slice(0, 3), [undefined, true, "ambiguous"]);
      equal((await opened(sessions, `${NAME}=${ada}; ${NAME}=${ada}`))[0], "ada");
      await sessions.revokeSubject("bob");
      for (const header of [`${NAME}=${ada}; ${NAME}=${bob}`, `${NAME}=${bob}; ${NAME}=${ada}`])
        equal((await opened(sessions, header))[0], "ada");
    },
    async "a guest's session is refused in a signed-in one's place, and the other way round"() {
      const { sessions } = newApplication(input);
      const browser = newBrowser();
      await visit(sessions, browser, (session) => (session.set("a", 1), session.save()));
      const guest = browser.cookies.get(`${NAME}.guest`);
      const user = await valueOf(sessions, "ada");
      for (const header of [`${NAME}=${guest}`, `${NAME}.guest=${user}`])
        equal((await opened(sessions, header)).slice(0, 3), [undefined, true, "misplaced"]);
    },
    async "another application's cookie is refused, whatever it is called"() {
      const { sessions } = newApplication(input);
      const other = newApplication(input, { name: "other" });
      const browser = newBrowser();
      await visit(other.sessions, browser, (session) => session.login("ada"));
      const value = browser.cookies.get("__Host-other");
      equal((await opened(sessions, `${NAME}=${value}`)).slice(0, 3), [undefined, true, "tampered"]);
    },
  };
}
