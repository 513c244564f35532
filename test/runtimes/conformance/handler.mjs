import { withSession } from "sealed-session/web";
import { newBrowser } from "./browser.mjs";
import { equal, refusal } from "./expect.mjs";
import { newApplication, requestWith } from "./visitor.mjs";

/** A small application as a handler that makes a response of a request. */
function newHandler(input) {
  const { sessions } = newApplication(input);
  const handle = withSession(sessions, async (request, session, environment) => {
    switch (new URL(request.url).pathname) {
      case "/sign-in":
        await session.login(await request.text());
        return Response.redirect("https://app.example/", 303);
      case "/sign-out":
        await session.destroy();
        return new Response(null, { status: 204 });
      case "/store":
        session.set("stored", "ü");
        return new Response(streamOf("one ", "two"), { headers: { "Set-Cookie": "own=1", Vary: "Accept" } });
      case "/fail":
        session.set("failed", true);
        throw new Error("the route failed");
      default:
        return Response.json({ subject: session.subject ?? null, data: session.data, environment });
    }
  });
  return async (browser, path, init) => {
    const response = await handle(requestWith(browser.header(), `https://app.example${path}`, init), "given");
    browser.store(response.headers.getSetCookie());
    return response;
  };
}

function streamOf(...parts) {
  const text = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(text.encode(part));
      controller.close();
    },
  });
}

export function handlerChecks(input) {
  return {
    async "withSession: a redirect carries the sign-in, the next request knows it, a replay after the sign-out does not"() {
      const ask = newHandler(input);
      const browser = newBrowser();
      const signIn = await ask(browser, "/sign-in", { method: "POST", body: "ada" });
      equal([signIn.status, signIn.headers.get("location")], [303, "https://app.example/"]);
      equal(await (await ask(browser, "/")).json(), { subject: "ada", data: {}, environment: "given" });
      const stolen = newBrowser(browser.header());
      equal((await ask(browser, "/sign-out")).status, 204);
      equal(browser.cookies.size, 0, "the number of cookies left");
      equal((await (await ask(stolen, "/")).json()).subject, null);
    },
    async "withSession: a streamed response keeps its own headers and cookies, and gets the session's"() {
      const ask = newHandler(input);
      const browser = newBrowser();
      const response = await ask(browser, "/store");
      equal(await response.text(), "one two");
      equal([...browser.cookies.keys()], ["own", "__Host-conformance.guest"], "the cookies");
      equal(
        [response.headers.get("vary"), response.headers.get("cache-control")],
        ["Accept, Cookie", "private, no-store"],
      );
      equal((await (await ask(browser, "/")).json()).data, { stored: "ü" });
    },
    async "withSession: what a handler throws comes through, and nothing was saved"() {
      const ask = newHandler(input);
      const browser = newBrowser();
      equal(await refusal(() => ask(browser, "/fail")), "Error: the route failed");
      equal((await (await ask(browser, "/")).json()).data, {});
    },
    async "withSession: parallel first requests of different users never mix"() {
      const ask = newHandler(input);
      const names = ["ada", "bob", "cleo", "dan"];
      const browsers = names.map(() => newBrowser());
      await Promise.all(names.map((body, i) => ask(browsers[i], "/sign-in", { method: "POST", body })));
      const answers = await Promise.all(
        Array.from({ length: 24 }, async (_, i) => (await ask(browsers[i % 4], "/")).json()),
      );
      equal(
        answers.map(({ subject }) => subject),
        Array.from({ length: 24 }, (_, i) => names[i % 4]),
      );
    },
  };
}
