import { notFound, permanentRedirect, redirect } from "next/navigation.js";
import { expect, test } from "vitest";
import { thrownResponse } from "../../dist/adapters/next/thrown-response.js";

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

test.each([
  ["redirect()", () => redirect("/sign-in"), 307, "/sign-in"],
  ["permanentRedirect()", () => permanentRedirect("/moved"), 308, "/moved"],
  ["redirect() to an address with semicolons", () => redirect("/a;b;307;?c=d;e"), 307, "/a;b;307;?c=d;e"],
  ["redirect() to another site", () => redirect("https://shop.example/x?y=1#z"), 307, "https://shop.example/x?y=1#z"],
  ["notFound()", () => notFound(), 404, null],
] as const)("Next's own %s becomes the response that it stands for", (_, call, status, location) => {
  const response = thrownResponse(thrownBy(call));
  expect([response?.status, response?.headers.get("location")]).toEqual([status, location]);
});

test.each([
  ["an error of the application", new Error("oops")],
  ["nothing", undefined],
  ["null", null],
  ["a text", "NEXT_NOT_FOUND"],
  ["another digest of Next's", { digest: "DYNAMIC_SERVER_USAGE" }],
  ["a digest that is no text", { digest: 404 }],
  ["a status that no such response has", { digest: "NEXT_HTTP_ERROR_FALLBACK;500" }],
  ["a status that is none", { digest: "NEXT_HTTP_ERROR_FALLBACK;nope" }],
  ["a redirect without a status", { digest: "NEXT_REDIRECT;replace" }],
])("%s stays what it is", (_, thrown) => {
  expect(thrownResponse(thrown)).toBeUndefined();
});
