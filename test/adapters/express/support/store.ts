import { memoryStore, type RevocationStore, type SessionManagerOptions } from "sealed-session";
import { Gates } from "../../../support/gates.js";
import { testManager } from "../../../support/sessions.js";

/** A manager whose store can be stopped: at `issue` (every new session) and at `revokeSession`; or that fails. */
export function stoppableManager(options: Partial<SessionManagerOptions<undefined>> = {}) {
  const gates = new Gates();
  const store = memoryStore({ name: `stoppable-${process.pid}-${Math.random()}` });
  const asked: string[] = [];
  const control = { down: false, gates, asked };
  const guarded =
    <Query extends unknown[], Answer>(name: string, verb: (...query: Query) => Answer) =>
    async (...query: Query): Promise<Awaited<Answer>> => {
      asked.push(name);
      await gates.pass(name);
      if (control.down) throw new Error("the store is down");
      return await verb(...query);
    };
  const revocation: RevocationStore = {
    ...store,
    check: guarded("check", (query) => store.check(query)),
    issue: guarded("issue", (query) => store.issue(query)),
    revokeSession: guarded("revokeSession", (sid, until) => store.revokeSession(sid, until)),
  };
  return { ...testManager({ revocation, ...options }), control };
}
