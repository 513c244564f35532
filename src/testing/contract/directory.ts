import type { DirectoryStore, StoredSignIn } from "../../revocation/directory.js";
import { holds, pageCounter, same } from "./expect.js";
import { HOSTILE_SUBJECTS } from "./facts.js";
import { type CaseContext, type ContractCase, randomSid } from "./harness.js";

function directoryOf({ store }: CaseContext): DirectoryStore {
  return store.directory as DirectoryStore;
}

/** Signs a subject in; the directory knows of it. */
async function signIn(context: CaseContext, subject = "ada", lasting = 100, label?: string) {
  const { store, sid, now, unit } = context;
  const session = { sid: sid(), subject };
  const at = await now();
  const until = at + lasting * unit;
  const id = randomSid();
  const generations = await store.issue({ ...session, signIn: { id, at, until, label } });
  return { ...session, id, at, until, generations };
}

async function idsOf(directory: DirectoryStore, subject?: string, limit?: number): Promise<string[]> {
  const found: StoredSignIn[] = [];
  const countPage = pageCounter();
  for (let after: string | undefined; ;) {
    countPage();
    const page = await directory.list({ subject, after, limit });
    holds(limit === undefined || page.signIns.length <= limit, "a page has at most `limit` sign-ins");
    found.push(...page.signIns);
    if (page.cursor === undefined) return found.map(({ id }) => id);
    after = page.cursor;
  }
}

/** Who is signed in where. */
export const directoryCases: ContractCase[] = [
  {
    name: "a sign-in is listed with what was said of it",
    needs: "directory",
    async run(context) {
      const { id, sid, at, until } = await signIn(context, "ada", 100, "Firefox on Linux ✓");
      const other = (await context.another()).directory as DirectoryStore;
      const expected = { id, sid, subject: "ada", createdAt: at, seenAt: at, until, label: "Firefox on Linux ✓" };
      same(await other.list({ subject: "ada" }), { signIns: [expected] }, "list, whose last page has no cursor");
      same(await other.find(id), expected, "find");
      same((await other.find(randomSid())) ?? null, null, "find, of an id that is not there");
      const plain = await signIn(context);
      same((await other.find(plain.id))?.label ?? null, null, "the label of one without");
    },
  },
  {
    name: "sign-ins are listed and counted by subject, and all together, page by page",
    needs: "directory",
    async run(context) {
      const directory = directoryOf(context);
      const [a, b, c] = [await signIn(context), await signIn(context, "bob"), await signIn(context)];
      same((await idsOf(directory, "ada")).sort(), [a.id, c.id].sort(), "of ada");
      same(await idsOf(directory, "nobody"), [], "of nobody");
      same((await idsOf(directory, "ada", 1)).sort(), [a.id, c.id].sort(), "of ada, one a page");
      same((await idsOf(directory, undefined, 1)).sort(), [a.id, b.id, c.id].sort(), "of all, one a page");
      same([await directory.count("ada"), await directory.count()], [2, 3], "counts");
    },
  },
  {
    name: "touch moves the times of a sign-in, later only, and brings none back",
    needs: "directory",
    async run(context) {
      const directory = directoryOf(context);
      const { id, sid, at, until } = await signIn(context);
      await directory.touch(sid, { seenAt: at + 5, until: until + 5 });
      await directory.touch(sid, { seenAt: at + 2, until: until + 2 });
      const found = await directory.find(id);
      same([found?.seenAt, found?.until], [at + 5, until + 5], "the times");
      await context.store.revokeSession(sid);
      await directory.touch(sid, { seenAt: at + 9, until: until + 9 });
      same([await idsOf(directory, "ada"), await directory.count()], [[], 0], "after its session was ended");
    },
  },
  {
    name: "a sign-in goes on under the new id after regenerate, and ends with the chain",
    needs: "directory",
    async run(context) {
      const { store } = context;
      const directory = directoryOf(context);
      const session = await signIn(context);
      const next = context.sid();
      await store.regenerate({ ...session, next });
      same([(await directory.find(session.id))?.sid, await directory.count()], [next, 1], "the session's id");
      await store.revokeSession(session.sid);
      same(await directory.count(), 0, "after the old id was revoked");
    },
  },
  {
    name: "the one that signs the others out stays, the others go",
    needs: "directory",
    async run(context) {
      const directory = directoryOf(context);
      const [stays] = [await signIn(context), await signIn(context)];
      const other = await signIn(context, "bob");
      await context.store.regenerate({ ...stays, next: context.sid(), endOthers: true });
      same(await idsOf(directory, "ada"), [stays.id], "of ada");
      same(await idsOf(directory, "bob"), [other.id], "of bob");
    },
  },
  {
    name: "a sign-in that is replaced leaves the directory",
    needs: "directory",
    async run(context) {
      const { store, now, unit } = context;
      const directory = directoryOf(context);
      const old = await signIn(context);
      const at = await now();
      const id = randomSid();
      await store.issue({
        sid: context.sid(),
        subject: "ada",
        replaces: [{ sid: old.sid, until: old.until, linked: true }],
        signIn: { id, at, until: at + unit * 100 },
      });
      same(await idsOf(directory, "ada"), [id], "of ada");
    },
  },
  {
    name: "nobody is listed who was revoked by subject, or with everything; who signs in afterwards is",
    needs: "directory",
    async run(context) {
      const { store } = context;
      const directory = directoryOf(context);
      const [first, bob] = [await signIn(context), await signIn(context, "bob")];
      await store.revokeSubject("ada");
      const second = await signIn(context);
      same(
        [await idsOf(directory, "ada"), await idsOf(directory, "bob")],
        [[second.id], [bob.id]],
        "after the subject",
      );
      same((await directory.find(first.id)) ?? null, null, "find, of an ended one");
      await store.revokeAll();
      const third = await signIn(context);
      same([await idsOf(directory), await directory.count()], [[third.id], 1], "after everything");
    },
  },
  {
    name: "a sign-in leaves the directory when its session's time has passed",
    needs: "directory",
    async run(context) {
      const { store, pass, unit } = context;
      const directory = directoryOf(context);
      const short = await signIn(context, "ada", 0.5);
      const long = await signIn(context, "ada", 100);
      await pass(unit);
      same([await idsOf(directory, "ada"), await directory.count("ada")], [[long.id], 1], "of ada");
      await store.prune();
      same((await directory.find(short.id)) ?? null, null, "find");
    },
  },
  {
    name: "subjects of the directory are any text",
    needs: "directory",
    async run(context) {
      const directory = directoryOf(context);
      for (const subject of HOSTILE_SUBJECTS) await signIn(context, subject);
      for (const subject of HOSTILE_SUBJECTS) {
        const { signIns } = await directory.list({ subject });
        same(
          signIns.map((each) => each.subject),
          [subject],
          "the subjects",
        );
      }
      const { signIns } = await directory.list();
      same(signIns.map((each) => each.subject).sort(), [...HOSTILE_SUBJECTS].sort(), "the subjects of all");
    },
  },
  {
    name: "a lost list has nobody in its directory",
    needs: "lose",
    async run(context) {
      await signIn(context);
      await context.lose?.();
      const { directory } = context.store;
      holds(directory === undefined || (await directory.count()) === 0, "the directory is empty");
    },
  },
];
