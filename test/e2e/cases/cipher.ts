import { expect, it } from "vitest";
import { submitForm } from "../support/forms.js";
import type { ServedApp } from "../support/next-app.js";
import { rawRequest } from "../support/raw-http.js";
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
