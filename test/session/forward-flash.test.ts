import { expect, test } from "vitest";
import { type CookieJar, memoryStore } from "sealed-session";
import { namesSet, play } from "../support/play.js";
import { Browser, testManager } from "../support/sessions.js";

/* For a proxy before a render that shows messages and cannot remove their cookie. */

let lists = 0;

/** A visitor for whom a message waits, and a proxy that asks for it. */
async function proxied() {
  const list = memoryStore({ name: `forward-${process.pid}-${++lists}` });
  const state = { claims: 0, broken: false };
  const useOnce: typeof list.useOnce = async (id, until) => {
    state.claims++;
    if (state.broken) throw new Error("no connection");
    return Promise.resolve(list.useOnce(id, until));
  };
  const { sessions, name, clock } = testManager({ revocation: { ...list, useOnce } });
  const browser = new Browser();
  await play(sessions, browser, (session) => (session.flash("notice", "Saved"), session.save()));
  const flashName = `__Host-${name}.flash`;
  const ask = async (header = browser.header, prefetch = false) => {
    const written: string[] = [];
    const jar: CookieJar = {
      read: () => header,
      write: (cookie, value, { maxAge }) => void written.push(`${cookie}=${value}; Max-Age=${maxAge}`),
      ...(prefetch && { prefetch }),
    };
    return { answer: await sessions.forwardFlash(jar), removed: namesSet(written) };
  };
  return { ask, state, flashName, browser, clock };
}

test("the first time it is forwarded, then it was shown before; its cookie is removed both times", async () => {
  const { ask, flashName } = await proxied();
  expect(await ask()).toEqual({ answer: "forward", removed: [`-${flashName}`] });
  expect(await ask()).toEqual({ answer: "shown before", removed: [`-${flashName}`] });
});

test("where no message came, or none that holds, there is nothing to forward or to remove", async () => {
  const { ask, flashName, browser, clock, state } = await proxied();
  for (const header of ["", "other=1", `${flashName}=garbage`]) {
    expect(await ask(header)).toEqual({ answer: "absent", removed: [] });
  }
  clock.advance(5 * 60_000 + 1);
  expect(await ask(browser.header)).toEqual({ answer: "absent", removed: [] });
  expect(state.claims).toBe(0);
});

test("a prefetch uses none up", async () => {
  const { ask, browser } = await proxied();
  expect(await ask(browser.header, true)).toEqual({ answer: "absent", removed: [] });
  expect((await ask()).answer).toBe("forward");
});

test("while the store does not answer a message is rather shown twice than lost", async () => {
  const { ask, state } = await proxied();
  state.broken = true;
  expect([(await ask()).answer, (await ask()).answer]).toEqual(["forward", "forward"]);
});
