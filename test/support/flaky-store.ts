import { memoryStore, type RevocationStore } from "sealed-session";

/** What a revocation store does when it is asked. */
export type Mode = "answers" | "throws" | "rejects" | "hangs";

/** A revocation store that can be made to fail, and that counts how often it is asked. */
export function flakyStore(name: string) {
  const list = memoryStore({ name });
  const state: { mode: Mode; asked: number } = { mode: "answers", asked: 0 };
  const broken = new Error("connection refused");
  const failing =
    (method: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      state.asked += 1;
      if (state.mode === "throws") throw broken;
      if (state.mode === "rejects") return Promise.reject(broken);
      return state.mode === "hangs" ? new Promise(() => undefined) : method(...args);
    };
  const methods = Object.entries(list).map(([verb, method]) => [
    verb,
    failing(method as (...args: never[]) => unknown),
  ]);
  return { store: Object.fromEntries(methods) as RevocationStore, list, state, broken };
}
