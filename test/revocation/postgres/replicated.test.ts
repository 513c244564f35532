import { revocationStoreContract } from "sealed-session/testing";
import { describe, expect, test } from "vitest";
import { overReplicas } from "../over-replicas.js";
import { CLIENTS, harnessFor, useServer } from "./support/harness.js";

const server = useServer();
const [open] = Object.values(CLIENTS);

describe("copies of a PostgreSQL list keep the contract", { concurrent: true }, () => {
  const harness = harnessFor(open as NonNullable<typeof open>, () => server().url());
  test.each(revocationStoreContract(overReplicas(harness)))("$name", async ({ run }) => {
    expect(await run()).toBe("passed");
  });
});
