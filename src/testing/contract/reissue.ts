import type { RevocationStore } from "../../revocation/store.js";
import { same } from "./expect.js";
import type { CaseContext, ContractCase } from "./harness.js";

async function statuses(store: RevocationStore, ...sids: string[]): Promise<string[]> {
  return Promise.all(sids.map(async (sid) => (await store.check({ sid })).session));
}

/** A session of a subject, as a login makes one. */
async function signedIn({ store, sid, now, unit }: CaseContext) {
  const id = sid();
  const generations = await store.issue({ sid: id, subject: "ada" });
  return { sid: id, subject: "ada", generations, until: (await now()) + 10 * unit };
}

/** New ids for old ones: issue, regenerate, and the links between them. */
export const reissueCases: ContractCase[] = [
  {
    name: "issue gives the generations of now and supersedes what it replaces",
    async run({ store, another, sid, now, unit }) {
      const [old, next] = [sid(), sid()];
      const subject = await store.revokeSubject("ada");
      const until = (await now()) + unit;
      const given = await store.issue({ sid: next, subject: "ada", replaces: [{ sid: old, until, linked: true }] });
      same(given.subject, subject, "the subject's generation");
      same(await statuses(await another(), old, next), ["superseded", "live"], "the old id and the new one");
    },
  },
  {
    name: "superseded never takes the place of revoked",
    async run({ store, sid, now, unit }) {
      const [old, next] = [sid(), sid()];
      const until = (await now()) + unit;
      await store.revokeSession(old);
      await store.issue({ sid: next, replaces: [{ sid: old, until, linked: true }] });
      same(await statuses(store, old, next), ["revoked", "live"], "the old id and the new one");
      const generations = await store.issue({ sid: sid() });
      same(await store.regenerate({ sid: old, next: sid(), generations, until }), "revoked", "regenerate");
    },
  },
  {
    name: "regenerate supersedes a live session, once",
    async run(context) {
      const { store, sid } = context;
      const session = await signedIn(context);
      const next = sid();
      same(await store.regenerate({ ...session, next }), session.generations, "the generations");
      same(await statuses(store, session.sid, next), ["superseded", "live"], "the old id and the new one");
      same(await store.regenerate({ ...session, next: sid() }), "superseded", "a second one");
    },
  },
  {
    name: "of many that regenerate one session at the same time, one succeeds",
    async run(context) {
      const { store, another, sid } = context;
      const session = await signedIn(context);
      const other = await another();
      const answers = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => (i % 2 ? other : store).regenerate({ ...session, next: sid() })),
      );
      same(answers.filter((answer) => typeof answer === "object").length, 1, "successes");
      same(answers.filter((answer) => answer === "superseded").length, 9, "refusals");
    },
  },
  {
    name: "regenerate is refused behind either generation, and then changes nothing",
    async run(context) {
      const { store, sid } = context;
      const session = await signedIn(context);
      await store.revokeSubject("ada");
      same(await store.regenerate({ ...session, next: sid() }), "revoked", "after the subject was revoked");
      await store.revokeAll();
      const { generations } = await store.check({ sid: session.sid, subject: "ada" });
      const behind = { ...generations, all: generations.all - 1 };
      same(await store.regenerate({ ...session, generations: behind, next: sid() }), "revoked", "after everything was");
      same(await statuses(store, session.sid), ["live"], "the session by its id");
    },
  },
  {
    name: "regenerate ends the subject's other sessions in the same step where asked to",
    async run(context) {
      const { store, another, sid } = context;
      const session = await signedIn(context);
      const given = await store.regenerate({ ...session, next: sid(), endOthers: true });
      const { generations } = await (await another()).check({ sid: sid(), subject: "ada" });
      same(given, generations, "the generations given and the store's");
      const stays = await signedIn(context);
      same(stays.generations, generations, "of a sign-in afterwards");
      same(
        await store.regenerate({ ...stays, sid: sid(), next: sid(), generations: session.generations }),
        "revoked",
        "another session of the subject",
      );
    },
  },
  {
    name: "revoking an id ends the whole chain after it, and nothing before it",
    async run({ store, another, sid, now, unit }) {
      const [a, b, c, d] = [sid(), sid(), sid(), sid()] as const;
      const until = (await now()) + 10 * unit;
      const generations = await store.issue({ sid: a });
      await store.regenerate({ sid: a, next: b, generations, until });
      await store.regenerate({ sid: b, next: c, generations, until });
      await store.issue({ sid: d, replaces: [{ sid: c, until, linked: true }] });
      await store.revokeSession(b, until);
      same(await statuses(await another(), a, b, c, d), ["superseded", "revoked", "revoked", "revoked"], "the chain");
    },
  },
  {
    name: "a sign-in that was sent twice has two successors, and both end with the old id",
    async run({ store, sid, now, unit }) {
      const [old, one, two] = [sid(), sid(), sid()];
      const replaces = [{ sid: old, until: (await now()) + unit, linked: true }];
      await store.issue({ sid: one, subject: "ada", replaces });
      await store.issue({ sid: two, subject: "ada", replaces });
      await store.revokeSession(old);
      same(await statuses(store, one, two), ["revoked", "revoked"], "the successors");
    },
  },
  {
    name: "of more than 16 sign-ins with one old id the oldest end, the others with the old id",
    async run({ store, sid, now, unit }) {
      await store.announce(100 * unit);
      const old = sid();
      const until = (await now()) + 10 * unit;
      const sids = Array.from({ length: 18 }, sid);
      const revoked = async () => (await statuses(store, ...sids)).map((status) => Number(status === "revoked"));
      const signIn = (each: string, linked = true) =>
        store.issue({ sid: each, subject: "ada", replaces: [{ sid: old, until, linked }] });
      for (const each of sids.slice(0, 16)) await signIn(each);
      await signIn(sid(), false);
      same(await revoked(), Array<number>(18).fill(0), "which ended, of 16 and one without a link");
      for (const each of sids.slice(16)) await signIn(each);
      same(await revoked(), [1, 1, ...Array<number>(16).fill(0)], "which ended, of 18");
      await store.revokeSession(old);
      same(new Set(await statuses(store, ...sids)).size, 1, "states after the old id was revoked");
    },
  },
  {
    name: "however often an old id is replaced together with the one before, the new id is live",
    async run({ store, sid, now, unit }) {
      await store.announce(100 * unit);
      const until = (await now()) + 10 * unit;
      const old = sid();
      let previous = sid();
      for (let i = 0; i < 20; i++) {
        const next = sid();
        const replaces = [previous, old].map((each) => ({ sid: each, until, linked: true }));
        await store.issue({ sid: next, subject: "ada", replaces });
        same(await statuses(store, next), ["live"], `the new id, the ${i + 1}th time`);
        previous = next;
      }
    },
  },
  {
    name: "a regenerate that a client sends again is answered as the first time, unless the session has ended since",
    async run(context) {
      const { store, another, sid, unit } = context;
      await store.announce(100 * unit);
      const session = await signedIn(context);
      const query = { ...session, next: sid() };
      same(await store.regenerate(query), await (await another()).regenerate(query), "the second answer");
      const { entries } = await store.list();
      same(entries.length, 1, "entries");
      await store.revokeSubject("ada");
      same(await store.regenerate(query), "revoked", "after the subject was revoked");
      const other = await signedIn(context);
      const othersQuery = { ...other, next: sid() };
      await store.regenerate(othersQuery);
      await store.revokeSession(other.sid);
      same(await store.regenerate(othersQuery), "revoked", "after the session was revoked");
    },
  },
  {
    name: "an id that was replaced without a link does not stand for the new one",
    async run({ store, sid, now, unit }) {
      const [guest, user] = [sid(), sid()];
      await store.issue({
        sid: user,
        subject: "ada",
        replaces: [{ sid: guest, until: (await now()) + unit, linked: false }],
      });
      await store.revokeSession(guest);
      same(await statuses(store, guest, user), ["revoked", "live"], "the guest's id and the user's");
    },
  },
  {
    name: "of a regenerate and a revocation at the same time neither outlives the other",
    async run(context) {
      const { store, another, sid } = context;
      const other = await another();
      for (let round = 0; round < 10; round++) {
        const session = await signedIn(context);
        const next = sid();
        const [answer] = await Promise.all([
          store.regenerate({ ...session, next }),
          other.revokeSession(session.sid, session.until),
        ]);
        const [old, successor] = await statuses(store, session.sid, next);
        same(old, "revoked", "the old id");
        // Where it was refused, the new id was never given to anyone.
        if (typeof answer === "object") same(successor, "revoked", "the new id");
      }
    },
  },
];
