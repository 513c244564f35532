import { holds, same } from "./expect.js";
import type { ContractCase } from "./harness.js";

/** Subjects that a store must tell apart and give back as they were. */
export const HOSTILE_SUBJECTS = [
  "ada",
  "ada:1",
  "ada\u0000",
  "ada'; DROP TABLE entries; --",
  '{"a":"b"}',
  "ADA",
  "á",
  "a\u0301",
  "*",
  "%",
  "\ud83d\ude00",
  "x".repeat(256),
  "__proto__",
  " ",
  "{ada}",
  "a\nb\tc\\",
];

/** The three facts about a session, and its keys. */
export const factCases: ContractCase[] = [
  {
    name: "a session that nothing was said about is live",
    async run({ store, sid }) {
      const facts = await store.check({ sid: sid(), subject: "ada", keys: ["k1"] });
      same([facts.session, facts.generations.subject, facts.revokedKeys], ["live", 0, []], "check");
      same((await store.check({ sid: sid() })).revokedKeys, [], "revokedKeys, when no key is asked about");
    },
  },
  {
    name: "a revoked session is revoked for every process, and no other session is",
    async run({ store, another, sid }) {
      const [a, b] = [sid(), sid()];
      await store.revokeSession(a);
      const other = await another();
      for (const each of [store, other]) {
        same(
          [(await each.check({ sid: a })).session, (await each.check({ sid: b })).session],
          ["revoked", "live"],
          "check",
        );
      }
    },
  },
  {
    name: "revoking a subject moves its generation to the store's clock, and nobody else's",
    async run({ store, another, sid, now }) {
      const before = await now();
      const generation = await store.revokeSubject("ada");
      const after = await now();
      holds(generation >= before && generation <= after, "the generation is the store's clock");
      const other = await another();
      same((await other.check({ sid: sid(), subject: "ada" })).generations.subject, generation, "the subject's");
      same((await other.check({ sid: sid(), subject: "bob" })).generations.subject, 0, "another subject's");
      same((await other.check({ sid: sid() })).generations.subject, 0, "of a session without a subject");
    },
  },
  {
    name: "revoking everything moves the global generation",
    async run({ store, another, sid, now }) {
      const before = (await store.check({ sid: sid() })).generations.all;
      const start = await now();
      const generation = await store.revokeAll();
      holds(generation > before && generation >= start, "the generation is the store's clock, and grows");
      same(
        (await (await another()).check({ sid: sid(), subject: "ada" })).generations,
        { all: generation, subject: 0 },
        "check",
      );
    },
  },
  {
    name: "generations grow also within one millisecond, whoever asks",
    async run({ store, another }) {
      const other = await another();
      const subjects = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => (i % 2 ? other : store).revokeSubject("ada")),
      );
      same(new Set(subjects).size, 20, "generations of a subject that differ");
      const all = await Promise.all(Array.from({ length: 20 }, async (_, i) => (i % 2 ? other : store).revokeAll()));
      same(new Set(all).size, 20, "global generations that differ");
    },
  },
  {
    name: "of the keys asked about it names the revoked ones",
    async run({ store, another, sid }) {
      await store.revokeKeys(["k1", "k2"]);
      await store.revokeKeys(["k2", "k3"]);
      await store.revokeKeys([]);
      const facts = await (await another()).check({ sid: sid(), keys: ["k0", "k2", "k3"] });
      same([...facts.revokedKeys].sort(), ["k2", "k3"], "revokedKeys");
    },
  },
  {
    name: "subjects are any text: none is mistaken for another",
    async run({ store, another, sid }) {
      const other = await another();
      for (const subject of HOSTILE_SUBJECTS.slice(0, -2)) {
        const before = (await other.check({ sid: sid(), subject })).generations.subject;
        same(before, 0, `the generation of ${JSON.stringify(subject)} before it was revoked`);
        const generation = await store.revokeSubject(subject);
        same((await other.check({ sid: sid(), subject })).generations.subject, generation, JSON.stringify(subject));
      }
    },
  },
  {
    name: "revoking again changes nothing for the worse",
    async run({ store, sid, now, unit }) {
      const id = sid();
      await store.revokeSession(id, (await now()) + 10 * unit);
      await store.revokeSession(id);
      await store.revokeSession(id, (await now()) + unit);
      same((await store.check({ sid: id })).session, "revoked", "check");
    },
  },
  {
    name: "an id is used once, also when many ask at the same time",
    async run({ store, another, now, unit }) {
      const until = (await now()) + unit;
      const other = await another();
      const answers = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => (i % 2 ? other : store).useOnce("token", until)),
      );
      same(answers.filter(Boolean).length, 1, "how many were told that they are the first");
      same(await store.useOnce("another token", until), true, "another id");
    },
  },
];
