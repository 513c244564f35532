import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawTerminals } from "../../scripts/lib/picture/draw.mjs";
import { signOutPicture } from "../../scripts/lib/picture/sign-out.mjs";

test("the README's picture shows what its commands say when they are run", { timeout: 30_000 }, async () => {
  const picture = await signOutPicture();
  expect(picture).toMatch(/class="bad"[^>]*>Hello ada \(200\)</);
  expect(picture).toMatch(/class="good"[^>]*>Nobody is signed in \(401\)</);
  const committed = readFileSync(new URL("../../docs/sign-out.svg", import.meta.url), "utf8");
  expect(committed, "npm run picture").toBe(picture);
});

test("text in a terminal is no markup", () => {
  const pane = { title: "a < b", lines: [{ command: "cat <file>", output: "x & y" }] };
  const svg = drawTerminals([pane, pane], { title: "<t>", verdicts: ["good", "bad"] });
  expect(svg).toContain("cat &lt;file&gt;");
  expect(svg).toContain("x &amp; y");
  expect(svg).not.toMatch(/<file>|<t>/);
});
