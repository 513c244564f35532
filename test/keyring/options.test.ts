import { expect, test } from "vitest";
import { createKeyring, KeyringError, type KeyringOptions } from "sealed-session";
import { SECRET } from "../support/sessions.js";

const keys = [{ id: "k1", secret: SECRET, activateAt: 0 }];

test.each<[string, object, string]>([
  ["nothing", {}, "A key ring is a secret, a list of secrets, or { keys:"],
  ["one key without a list", { keys: keys[0] }, "A key ring is a secret, a list of secrets, or { keys:"],
  ["a ring id with a hyphen", { keys, ringId: "ring-1" }, "ringId: not valid"],
  ["an empty ring id", { keys, ringId: "" }, "ringId: not valid"],
  ["a ring id that is too long", { keys, ringId: "r".repeat(33) }, "ringId: not valid"],
  ["a revision of 0", { keys, revision: 0 }, "revision: must be a whole number, 1 or more"],
  ["half a revision", { keys, revision: 1.5 }, "revision: must be a whole number, 1 or more"],
  ["a revision that is text", { keys, revision: "1" }, "revision: must be a whole number, 1 or more"],
])("a ring of %s is refused", (_, options, message) => {
  const make = () => createKeyring(options as KeyringOptions);
  expect(make).toThrow(KeyringError);
  expect(make).toThrow(message);
});

test("a ring may be named and numbered", () => {
  expect(() => createKeyring({ keys, ringId: "r".repeat(32), revision: 1 })).not.toThrow();
});
