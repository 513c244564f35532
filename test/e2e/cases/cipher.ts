import { expect, it } from "vitest";
import { submitForm } from "../support/forms.js";
import type { ServedApp } from "../support/next-app.js";
import { cookiesOf, rawRequest } from "../support/raw-http.js";
import { signInTo, textOf } from "../support/sign-in.js";

/**
 * Which of the two ciphers a bundler put into each surface. Both make the same tokens, so nothing else would tell: a
 * wrong one only makes every request slower.
 */
export function cipherCases(app: () => ServedApp): void {
  it("is Node's own on every surface that runs in Node", async () => {
    const headers = [`Cookie: ${await signInTo(app().url, "Ann")}`];
    const get = (path: string) => rawRequest(app().url, { path, headers });
    const [route, page, acted, api, props] = [
      await get("/api/cipher"),
      await get("/cipher"),
      await submitForm(app().url, "/cipher", 'id="note"', headers),
      await get("/api/old-cipher"),
      await get("/cipher-props"),
    ];
    const seen = {
      "route handler": route.body,
      component: textOf(page.body, "component"),
      proxy: page.header("x-cipher"),
      action: textOf(acted.body, "action"),
      "pages router, API route": api.body,
      "pages router, getServerSideProps": textOf(props.body, "props"),
    };
    expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map((surface) => [surface, "Ann by node:crypto"])));
  });
}

/** The edge runtime has no other than WebCrypto. @param api where the fixture's route handlers are */
export function edgeCases(app: () => { readonly url: string }, api: string): void {
  it("a route handler on the edge runtime opens with WebCrypto what Node sealed", async () => {
    const cookie = cookiesOf(await rawRequest(app().url, { method: "POST", path: `${api}/notes` }));
    const response = await rawRequest(app().url, { path: `${api}/edge`, headers: [`Cookie: ${cookie}`] });
    expect(JSON.parse(response.body)).toEqual({ cipher: "webcrypto", notes: ["handler"] });
  });
}
