export { revocationStoreContract } from "./contract/index.js";
export type { ContractTest } from "./contract/index.js";
export type { ContractHarness, ContractList } from "./contract/harness.js";
export { ContractError } from "./contract/expect.js";
export { fixedClock } from "./fixed-clock.js";
export type { FixedClock } from "./fixed-clock.js";
