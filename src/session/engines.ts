import { sharedState } from "../shared-state.js";
import type { Engine } from "./engine.js";

type Engines = WeakMap<object, () => Promise<Engine>>;

/** Shared by the copies of this package: the manager may come from a bundle, and what asks from the package itself. */
function engines(): Engines {
  return sharedState("engines/1", (): Engines => new WeakMap());
}

/** Keeps a manager's engine for `makeSessionCookie`, which seals sessions with times of their own. */
export function rememberEngine(manager: object, engine: () => Promise<Engine>): void {
  engines().set(manager, engine);
}

/** The engine of a manager that `createSessionManager` made. */
export function engineOf(manager: object): Promise<Engine> | undefined {
  return engines().get(manager)?.();
}
