import { revocationStoreContract } from "sealed-session/testing";
import { describe, expect, test } from "vitest";
import { CLIENTS, harnessFor, useServer } from "./support/harness.js";

const server = useServer();

describe.each(Object.entries(CLIENTS))(
  "the contract, by postgresStore over %s",
  { concurrent: true },
  (_name, open) => {
    test.each(revocationStoreContract(harnessFor(open, () => server().url())))("$name", async ({ run }) => {
      expect(await run()).toBe("passed");
    });
  },
);
