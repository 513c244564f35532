import { createSessionManager, type Schema, type SessionManagerOptions } from "sealed-session";
import { fixedClock, SECRET } from "./sessions.js";

let count = 0;

/** Versions of one application: managers that share name, clock and keys. */
export function application() {
  const clock = fixedClock();
  const name = `schema-${process.pid}-${++count}`;
  return {
    clock,
    name,
    deploy: <S extends Schema>(options: Omit<SessionManagerOptions<S>, "name" | "keyring"> & { readonly schema: S }) =>
      createSessionManager({ name, keyring: SECRET, clock: clock.now, ...options }),
    withoutSchema: () => createSessionManager({ name, keyring: SECRET, clock: clock.now }),
  };
}
