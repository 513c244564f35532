import fs, { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { verifyLog } from "../../../dist/keyring/file/audit-verify.js";
import { createRingFile, updateRingFile } from "../../../dist/keyring/file/write.js";
import { createRing } from "../../../dist/keyring/rotation/create.js";
import type { Change } from "../../../dist/keyring/rotation/document.js";
import { stage } from "../../../dist/keyring/rotation/stage.js";
import { leftovers, logOf, newRing, readWhole, tempFolder } from "./support/rings.js";
import { openFiles, refusal, standIn } from "./support/stand-in.js";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1);

function place(): string {
  return path.join(tempFolder(), "keyring.json");
}

function rotation(file: string): Change {
  return stage(readWhole(file).document, { retire: true, another: true }, Date.now());
}

function problem(kind: string, text: string, hint: unknown): unknown {
  return expect.objectContaining({ kind, problem: text, hint });
}

/** What keeps a call about some of a ring's files from being made. */
function refuse(call: Parameters<typeof standIn>[0], about: RegExp, code: string): void {
  const names = new Map<unknown, string>();
  if (call !== "openSync") {
    standIn("openSync", (open, name) => {
      const file = open();
      names.set(file, String(name));
      return file;
    });
  }
  standIn(call, (make, first) => {
    if (about.test(names.get(first) ?? String(first))) throw refusal(code);
    return make();
  });
}

test("where a ring is, or no folder, none is made", () => {
  const file = newRing(tempFolder());
  const there = problem(
    "refused",
    `${file} is there already; it is never overwritten`,
    `Look at it: npx sealed-session keys status --file ${file}`,
  );
  expect(() => createRingFile(file, createRing({}, NOW), [])).toThrow(there);
  // The log of the one that is there is not written to, either.
  expect(verifyLog(file, readWhole(file)).entries).toHaveLength(1);
  const nowhere = path.join(path.dirname(file), "no", "keyring.json");
  expect(() => createRingFile(nowhere, createRing({}, NOW), [])).toThrow(
    problem("not_found", `There is no folder ${path.dirname(nowhere)}`, "Make it first"),
  );
  expect(leftovers(file)).toEqual([]);
});

test("regression: a ring that is made while another one is made there leaves no secrets behind", () => {
  const file = place();
  standIn("linkSync", (call, _from, to) => {
    if (to === file) writeFileSync(file, "theirs", { mode: 0o600 });
    return call();
  });
  expect(() => createRingFile(file, createRing({}, NOW), [])).toThrow(
    problem(
      "refused",
      `${file} is there already; it is never overwritten`,
      `Look at it: npx sealed-session keys status --file ${file}`,
    ),
  );
  expect([readFileSync(file, "utf8"), leftovers(file)]).toEqual(["theirs", []]);
});

test("a ring that cannot be linked into its place is another problem, and leaves nothing behind", () => {
  const file = place();
  standIn("linkSync", (call, _from, to) => {
    if (to === file) throw refusal("EPERM");
    return call();
  });
  expect(() => createRingFile(file, createRing({}, NOW), [])).toThrow(
    problem("refused", `${file} may not be used by this user (EPERM)`, "Run it as the file's owner"),
  );
  expect([existsSync(file), leftovers(file)]).toEqual([false, []]);
});

test.each(["made", "changed"])("a ring is not %s by a writer that lost its lock, and its draft may be gone", (verb) => {
  const file = verb === "made" ? place() : newRing(tempFolder());
  const before = verb === "made" ? undefined : readFileSync(file, "utf8");
  const change = verb === "made" ? createRing({}, NOW) : rotation(file);
  standIn("fchmodSync", () => {
    // Who took the lock clears drafts away.
    for (const name of leftovers(file)) fs.rmSync(path.join(path.dirname(file), name));
    writeFileSync(`${file}.lock`, "1 another-host theirs");
  });
  const write = verb === "made" ? createRingFile : updateRingFile;
  expect(() => write(file, change, [])).toThrow(
    problem("conflict", "Another change of this key ring is being made", expect.stringContaining(".lock")),
  );
  expect([existsSync(file) ? readFileSync(file, "utf8") : undefined, leftovers(file)]).toEqual([
    before,
    ["keyring.json.lock"],
  ]);
  expect(readFileSync(`${file}.lock`, "utf8")).toBe("1 another-host theirs");
});

test.each([
  ["fsyncSync", /json\.[0-9a-f]{12}\.tmp$/, "EIO"],
  ["writeFileSync", /json\.[0-9a-f]{12}\.tmp$/, "ENOSPC"],
  ["renameSync", /json\.[0-9a-f]{12}\.tmp$/, "EIO"],
] as const)("a change whose %s is refused leaves the ring as it was, and nothing beside it", (call, about, code) => {
  const file = newRing(tempFolder());
  const [before, change] = [readFileSync(file, "utf8"), rotation(file)];
  refuse(call, about, code);
  expect(() => updateRingFile(file, change, [])).toThrow(
    problem("invalid", `${file} cannot be used (${code})`, undefined),
  );
  expect([readFileSync(file, "utf8"), leftovers(file)]).toEqual([before, []]);
});

test.each(["fsyncSync", "writeFileSync"] as const)("a log whose %s is refused is as it was", (call) => {
  const file = newRing(tempFolder());
  const [ring, log, change] = [readFileSync(file, "utf8"), logOf(file), rotation(file)];
  fs.appendFileSync(`${file}.log`, "half");
  // Some of it may be written before that.
  standIn("fsyncSync", () => {
    throw refusal("ENOSPC");
  });
  if (call === "writeFileSync") {
    standIn(call, (make, target, text) => {
      if (typeof target !== "number") return make();
      fs.writeSync(target, String(text).slice(0, 40));
      throw refusal("ENOSPC");
    });
  }
  expect(() => updateRingFile(file, change, [])).toThrow(`${file}.log cannot be used (ENOSPC)`);
  expect([readFileSync(file, "utf8"), logOf(file), leftovers(file)]).toEqual([ring, log, []]);
});

test("a change of another ring, or of another revision, is told where the ring is", () => {
  const file = newRing(tempFolder());
  const change = rotation(file);
  const { document } = change;
  const conflict = problem(
    "conflict",
    "The key ring was changed meanwhile: it is at revision 1",
    "Look at it and try again: npx sealed-session keys status",
  );
  for (const parts of [{ ringId: "another" }, { revision: 1 }, { revision: 3 }]) {
    expect(() => updateRingFile(file, { ...change, document: { ...document, ...parts } }, [])).toThrow(conflict);
  }
  expect(updateRingFile(file, change, [])).toEqual(change);
});

test("the log has the change with its time, its keys and where it was made from", () => {
  const file = place();
  const change = createRing({}, NOW);
  createRingFile(file, change, [], () => NOW);
  const next = { ...stage(change.document, { retire: true }, NOW), reason: "it is time" };
  updateRingFile(file, next, [], () => NOW + 1_500);
  const { entries, problems, notes } = verifyLog(file, readWhole(file));
  expect([problems, notes]).toEqual([[], []]);
  const { ringId } = change.document;
  expect(entries).toMatchObject([
    { n: 1, at: "2026-01-01T00:00:00.000Z", verb: "init", ringId, from: 0, revision: 1, keys: change.keys },
    { n: 2, at: "2026-01-01T00:00:01.500Z", verb: "rotate", ringId, from: 1, revision: 2, keys: next.keys },
  ]);
  expect(entries.map(({ reason }) => reason)).toEqual([undefined, "it is time"]);
  expect(entries[1]?.prev).toBe(entries[0]?.hash);
  expect(readWhole(file).audit).toEqual({ entries: 2, head: entries[1]?.hash });
});

test("without a clock the time is the system's", () => {
  const before = Date.now();
  const file = place();
  createRingFile(file, createRing({}, before), []);
  updateRingFile(file, rotation(file), []);
  for (const { at } of verifyLog(file, readWhole(file)).entries) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
  }
});

test("a ring is written beside its place as its owner's alone, whole, before it is there", () => {
  const file = place();
  const drafts: string[] = [];
  standIn("linkSync", (call, from, to) => {
    if (to === file) {
      const draft = String(from);
      drafts.push(draft);
      expect([readWhole(draft).document.revision, statSync(draft).mode & 0o777]).toEqual([1, 0o600]);
    }
    return call();
  });
  createRingFile(file, createRing({}, NOW), []);
  expect(drafts).toEqual([expect.stringMatching(/\/keyring\.json\.[0-9a-f]{12}\.tmp$/)]);
});

test("a change is on the disk when it is made: its log, the ring, and the folder that has its name", () => {
  const file = newRing(tempFolder());
  const change = rotation(file);
  const [names, synced] = [new Map<unknown, string>(), [] as unknown[]];
  standIn("openSync", (call, name) => {
    const open = call();
    names.set(open, path.basename(String(name)));
    return open;
  });
  standIn("fsyncSync", (call, open) => {
    synced.push(names.get(open));
    return call();
  });
  updateRingFile(file, change, []);
  const draft = expect.stringMatching(/^keyring\.json\.[0-9a-f]{12}\.tmp$/) as unknown;
  expect(synced).toEqual(["keyring.json.log", draft, path.basename(path.dirname(file))]);
});

test("what stands in a draft's place is not written to", () => {
  const file = newRing(tempFolder());
  const change = rotation(file);
  let draft = "";
  standIn("openSync", (call, name) => {
    if (/json\.[0-9a-f]{12}\.tmp$/.test(String(name))) writeFileSync((draft = String(name)), "somebody's");
    return call();
  });
  expect(() => updateRingFile(file, change, [])).toThrow(`${file} cannot be used (EEXIST)`);
  expect(readFileSync(draft, "utf8")).toBe("somebody's");
});

test.each([
  ["the same", {}, []],
  ["another user", { uid: 4_711 }, [[4_711, -1]]],
  ["another group", { gid: 4_711 }, [[-1, 4_711]]],
])("a draft gets the owner of the ring that it replaces: %s", (_who, owner, given) => {
  const file = newRing(tempFolder());
  const change = rotation(file);
  const { uid, gid } = statSync(file);
  const [opened, chowned] = [new Set<unknown>(), [] as unknown[]];
  standIn("openSync", (call, name) => {
    const open = call();
    if (name === file) opened.add(open);
    else opened.delete(open);
    return open;
  });
  // As if the ring were somebody else's: only root may make one.
  standIn("fstatSync", (call, open) => (opened.has(open) ? Object.assign(call() as object, owner) : call()));
  standIn("fchownSync", (_call, _file, toUser, toGroup) => {
    chowned.push([toUser === uid ? -1 : toUser, toGroup === gid ? -1 : toGroup]);
  });
  updateRingFile(file, change, []);
  expect(chowned).toEqual(given);
});

test("no file stays open, be the ring made, changed or refused", () => {
  const file = place();
  const open = openFiles(path.dirname(file));
  createRingFile(file, createRing({}, NOW), []);
  const change = rotation(file);
  updateRingFile(file, change, []);
  expect(() => updateRingFile(file, change, [])).toThrow("it is at revision 2");
  expect([...open.values()]).toEqual([]);
});

test("what is left over for a minute is cleared away, names that only look alike are not", () => {
  const file = newRing(tempFolder());
  const lockDraft = (hex: string): string => `keyring.json.lock.${hex}.tmp`;
  const stay = [
    "keyring.json.0123456789ab.tmp.bak",
    "keyring.json.x.0123456789ab.tmp",
    "keyring.json.0123456789a.tmp",
    "keyring.json.0123456789abc.tmp",
    "keyring.json.0123456789AB.tmp",
    "keyring.json.0123456789abxtmp",
    "keyring.jsonx0123456789ab.tmp",
    "keyring.json.locked.0123456789ab.tmp",
    "keyring.jsonxlock.0123456789ab.tmp",
    "not-the-ring.0123456789ab.tmp",
  ];
  const [draft, young, minute, old] = [
    "keyring.json.0123456789ab.tmp",
    lockDraft("000000000001"),
    lockDraft("000000000002"),
    lockDraft("000000000003"),
  ] as const;
  for (const [name, age] of [
    ...stay.map((each) => [each, 10 * MINUTE] as const),
    [draft, 0],
    [young, MINUTE - 1_000],
    [minute, MINUTE],
    [old, MINUTE + 1_000],
  ] as const) {
    const at = path.join(path.dirname(file), name);
    writeFileSync(at, "");
    utimesSync(at, (NOW - age) / 1_000, (NOW - age) / 1_000);
  }
  updateRingFile(file, rotation(file), [], () => NOW);
  expect(leftovers(file).sort()).toEqual([...stay, young].sort());
});

test("what is cleared away by somebody else at that moment is no problem", () => {
  const file = newRing(tempFolder());
  const change = rotation(file);
  const gone = ["keyring.json.0123456789ab.tmp", "keyring.json.lock.0123456789ab.tmp"];
  standIn("readdirSync", (call) => [...(call() as string[]), ...gone]);
  expect(updateRingFile(file, change, []).document.revision).toBe(2);
});
