import { holds, roundCounter, same } from "./expect.js";
import type { CaseContext, ContractCase } from "./harness.js";

/** More than what the skew adds, so that a clock that cannot be set is surely past it. */
function beyond({ skew, unit }: CaseContext): number {
  return skew + unit / 4;
}

async function pruneAll({ store }: CaseContext): Promise<number> {
  const countRound = roundCounter("pruning again and again comes to an end");
  let removed = 0;
  for (let last = 1; last > 0; removed += last) {
    countRound();
    last = await store.prune();
  }
  return removed;
}

/** How long entries live, and what a lost list does. */
export const expiryCases: ContractCase[] = [
  {
    name: "an entry lives until its session's deadline and the skew",
    announces: true,
    async run(context) {
      const { store, sid, now, pass, unit, skew } = context;
      const id = sid();
      const until = (await now()) + unit;
      await store.announce(unit);
      await store.revokeSession(id, until);
      for (const wait of [unit / 2, unit / 2 + skew / 2]) {
        await pass(wait);
        await pruneAll(context);
        const { session } = await store.check({ sid: id });
        // A clock that runs by itself may have passed it.
        if ((await now()) <= until + skew) same(session, "revoked", "before the deadline and the skew");
      }
      await pass(beyond(context));
      await pruneAll(context);
      same((await store.check({ sid: id })).session, "live", "after both");
    },
  },
  {
    name: "an entry without a deadline lives for the longest time announced, also when that was announced later",
    announces: true,
    async run(context) {
      const { store, another, sid, pass, unit } = context;
      const id = sid();
      await store.announce(1);
      await store.revokeSession(id);
      const generation = await store.revokeSubject("ada");
      await (await another()).announce(100 * unit);
      await store.announce(2);
      await pass(unit + beyond(context));
      await pruneAll(context);
      const facts = await store.check({ sid: id, subject: "ada" });
      same([facts.session, facts.generations.subject], ["revoked", generation], "after the shorter time");
    },
  },
  {
    name: "a subject's generation goes when no session of before can be alive",
    announces: true,
    async run(context) {
      const { store, sid, now, pass, unit, skew } = context;
      const generationNow = async () => (await store.check({ sid: sid(), subject: "ada" })).generations.subject;
      await store.announce(unit);
      const generation = await store.revokeSubject("ada");
      await pass(unit + skew / 2);
      await pruneAll(context);
      const found = await generationNow();
      if ((await now()) <= generation + unit + skew) same(found, generation, "before the time announced and the skew");
      await pass(beyond(context));
      await pruneAll(context);
      same(await generationNow(), 0, "the generation");
    },
  },
  {
    name: "a successor without a known deadline stays revoked for the longest time announced",
    announces: true,
    async run(context) {
      const { store, sid, now, pass, unit } = context;
      const [old, next] = [sid(), sid()];
      await store.announce(100 * unit);
      const until = (await now()) + unit;
      await store.issue({ sid: next, subject: "ada", replaces: [{ sid: old, until, linked: true }] });
      await store.revokeSession(old, until);
      await pass(unit + beyond(context));
      await pruneAll(context);
      same((await store.check({ sid: next })).session, "revoked", "the successor");
    },
  },
  {
    name: "keys stay revoked for good",
    announces: true,
    async run(context) {
      const { store, sid, pass, unit } = context;
      await store.announce(1);
      await store.revokeKeys(["k1"]);
      await pass(unit + beyond(context));
      await pruneAll(context);
      same((await store.check({ sid: sid(), keys: ["k1"] })).revokedKeys, ["k1"], "revokedKeys");
    },
  },
  {
    name: "prune removes what expired, at most as many as it may, and says how many",
    announces: true,
    async run(context) {
      const { store, sid, now, pass, unit } = context;
      await store.announce(100 * unit);
      const [soon, late] = [(await now()) + unit / 2, (await now()) + 100 * unit];
      const kept = sid();
      await store.revokeSession(kept, late);
      for (let i = 0; i < 5; i++) await store.revokeSession(sid(), soon);
      await pass(unit / 2 + beyond(context));
      const first = await store.prune(2);
      holds(first <= 2, "prune(2) removes two at the most");
      await pruneAll(context);
      same(
        [(await store.stats()).sessions, (await store.check({ sid: kept })).session],
        [1, "revoked"],
        "what is left",
      );
    },
  },
  {
    name: "an id that was used once stays used until its time has passed",
    async run(context) {
      const { store, now, pass, unit, skew } = context;
      const until = (await now()) + unit;
      await store.useOnce("token", until);
      for (const wait of [unit / 2, unit / 2 + skew / 2]) {
        await pass(wait);
        await pruneAll(context);
        const again = await store.useOnce("token", until);
        if ((await now()) <= until + skew) same(again, false, "before its time and the skew");
      }
    },
  },
  {
    name: "a lost list signs everyone out, whoever finds it lost, and a sign-in afterwards works",
    needs: "lose",
    async run({ store, another, sid, now, lose }) {
      const id = sid();
      const before = await store.issue({ sid: id, subject: "ada" });
      await store.revokeSession(sid());
      const start = await now();
      await lose?.();
      const found = await store.check({ sid: id, subject: "ada" });
      holds(found.generations.all > before.all, "the global generation has moved past what was sealed");
      holds(found.generations.all >= start, "it is the store's clock");
      const after = await store.issue({ sid: sid(), subject: "ada" });
      same(
        (await (await another()).check({ sid: sid() })).generations.all,
        after.all,
        "another process finds the same",
      );
    },
  },
  {
    name: "what was announced and which keys are revoked is told again to a list that was begun anew",
    announces: true,
    needs: "lose",
    async run(context) {
      const { store, sid, lose, unit } = context;
      await store.announce(100 * unit);
      await store.revokeKeys(["k1"]);
      await lose?.();
      await store.check({ sid: sid() });
      const facts = await store.check({ sid: sid(), keys: ["k1"] });
      same([(await store.stats()).retention, facts.revokedKeys], [100 * unit, ["k1"]], "the retention and the keys");
    },
  },
];
