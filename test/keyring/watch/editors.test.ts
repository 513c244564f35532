import { once } from "node:events";
import fs from "node:fs";
import nodePath from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  eventually,
  application,
  followed,
  replaceFile,
  ringDocument,
  ringText,
  temporaryFolder,
  watchOpens,
  writeRing,
} from "./support.js";

vi.setConfig({ testTimeout: 30_000 });

const next = ringText(ringDocument({ k1: {}, k2: {} }, { revision: 2 }));
const after = ringText(ringDocument({ k1: {}, k2: {}, k3: {} }, { revision: 3 }));

/** The ways in which programs write a file. Each leaves it as it should be. */
const WRITERS: Readonly<Record<string, (path: string, text: string) => void>> = {
  "in place": (path, text) => fs.writeFileSync(path, text),
  "in place, in many steps": (path, text) => {
    const file = fs.openSync(path, "w");
    for (const character of text) fs.writeSync(file, character);
    fs.closeSync(file);
  },
  "as a new file that takes its place": replaceFile,
  "removed and made again": (path, text) => {
    fs.rmSync(path);
    fs.writeFileSync(path, text, { mode: 0o600 });
  },
  "with a backup, as vim does": (path, text) => {
    fs.renameSync(path, `${path}~`);
    fs.writeFileSync(path, text, { mode: 0o600 });
    fs.rmSync(`${path}~`);
  },
  "as a hard link": (path, text) => {
    fs.writeFileSync(`${path}.draft`, text, { mode: 0o600 });
    fs.rmSync(path);
    fs.linkSync(`${path}.draft`, path);
    fs.rmSync(`${path}.draft`);
  },
};

test.each(Object.entries(WRITERS))("a file that is written %s, twice", async (_how, write) => {
  const { path, sessions, newest, revisions, errors } = await application();
  write(path, next);
  await eventually(newest).toBe("k2");
  write(path, after);
  await eventually(newest).toBe("k3");
  expect([revisions, errors]).toEqual([[2, 3], []]);
  expect(await sessions.keys()).toHaveLength(3);
});

test("a file of which half is written is waited for, not complained about", async () => {
  const { path, newest, errors } = await application();
  const opens = watchOpens(path);
  fs.writeFileSync(path, next.slice(0, 200));
  await eventually(() => opens.count, "it was looked at while it was half").toBeGreaterThan(1);
  fs.appendFileSync(path, next.slice(200));
  await eventually(newest).toBe("k2");
  expect(errors).toEqual([]);
});

test("a file that is missing for a moment is waited for, too", async () => {
  const { path, ring, newest, errors } = await application();
  fs.rmSync(path);
  const reloaded = ring.reload();
  // By then it was looked for once.
  await setImmediate();
  fs.writeFileSync(path, next, { mode: 0o600 });
  await reloaded;
  expect([await newest(), errors]).toEqual(["k2", []]);
});

test("the same content written again, or touched, is no change", async () => {
  const { path, ring, revisions, errors, newest } = await application();
  const same = ringText(ringDocument());
  for (const write of Object.values(WRITERS)) {
    write(path, same);
    await ring.reload();
  }
  fs.utimesSync(path, 1, 1);
  await ring.reload();
  expect([revisions, errors]).toEqual([[], []]);
  replaceFile(path, next);
  await eventually(newest).toBe("k2");
  expect([revisions, errors]).toEqual([[2], []]);
});

test("in a folder where something changes all the time a change is found, too", async () => {
  const { path, newest } = await application();
  const folder = fs.watch(nodePath.dirname(path));
  onTestFinished(() => folder.close());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  replaceFile(path, next);
  for (let i = 0; i < 3; i++) {
    const notified = once(folder, "change");
    fs.writeFileSync(`${path}.noise`, String(i));
    await notified;
    await setImmediate();
    // Never as long as the watch waits for the writers of a file.
    vi.advanceTimersByTime(40);
  }
  vi.useRealTimers();
  await eventually(newest).toBe("k2");
});

/** A secret's mount as the kubelet makes it: `keyring.json` → `..data/keyring.json`, `..data` → a dated folder. */
function mount(text: string) {
  const folder = temporaryFolder();
  let count = 0;
  let current = "";
  const update = (content: string): void => {
    const dated = `..2026_01_0${++count}`;
    fs.mkdirSync(nodePath.join(folder, dated));
    fs.writeFileSync(nodePath.join(folder, dated, "keyring.json"), content, { mode: 0o400 });
    fs.symlinkSync(dated, nodePath.join(folder, "..data_tmp"));
    fs.renameSync(nodePath.join(folder, "..data_tmp"), nodePath.join(folder, "..data"));
    if (current !== "") fs.rmSync(nodePath.join(folder, current), { recursive: true });
    current = dated;
  };
  update(text);
  fs.symlinkSync(nodePath.join("..data", "keyring.json"), nodePath.join(folder, "keyring.json"));
  return { path: nodePath.join(folder, "keyring.json"), update };
}

test("a Kubernetes mount that is updated, twice", async () => {
  const { path, update } = mount(ringText(ringDocument()));
  const { ring, revisions, errors } = followed(path, { allow: ["symlink"] });
  await ring.load();
  update(next);
  await eventually(() => revisions).toEqual([2]);
  update(after);
  await eventually(() => revisions).toEqual([2, 3]);
  expect(errors).toEqual([]);
});

test("a Kubernetes mount is refused where links are not allowed", async () => {
  const { path } = mount(ringText(ringDocument()));
  await expect(followed(path).ring.load()).rejects.toThrow("is a symbolic link");
});

test("a folder that is removed and made again, or replaced, is watched again", async () => {
  const folder = nodePath.join(temporaryFolder(), "config");
  const path = nodePath.join(folder, "keyring.json");
  fs.mkdirSync(folder);
  writeRing(path, ringDocument());
  const { ring, revisions } = followed(path, { interval: 50 });
  await ring.load();
  fs.rmSync(folder, { recursive: true });
  fs.mkdirSync(folder);
  fs.writeFileSync(path, next, { mode: 0o600 });
  await eventually(() => revisions).toEqual([2]);
  fs.renameSync(folder, `${folder}.old`);
  fs.mkdirSync(folder);
  fs.writeFileSync(path, after, { mode: 0o600 });
  await eventually(() => revisions).toEqual([2, 3]);
});

test("after its folder was replaced, notifications come again", async () => {
  const folder = nodePath.join(temporaryFolder(), "config");
  const path = nodePath.join(folder, "keyring.json");
  fs.mkdirSync(folder);
  writeRing(path, ringDocument());
  const { ring, revisions } = followed(path);
  await ring.load();
  fs.mkdirSync(`${folder}.next`);
  fs.writeFileSync(nodePath.join(`${folder}.next`, "keyring.json"), next, { mode: 0o600 });
  fs.renameSync(folder, `${folder}.old`);
  fs.renameSync(`${folder}.next`, folder);
  await eventually(() => revisions).toEqual([2]);
  writeRing(path, ringDocument({ k1: {}, k2: {}, k3: {} }, { revision: 3 }));
  await eventually(() => revisions, "the timer looks once an hour").toEqual([2, 3]);
});

test("without notifications the timer finds a change: a link to the folder that leads elsewhere by now", async () => {
  const [one, two] = [temporaryFolder(), temporaryFolder()];
  const current = nodePath.join(temporaryFolder(), "current");
  fs.symlinkSync(one, current);
  writeRing(nodePath.join(one, "keyring.json"), ringDocument());
  writeRing(nodePath.join(two, "keyring.json"), ringDocument({ k1: {}, k2: {} }, { revision: 2 }));
  const { ring, revisions, errors } = followed(nodePath.join(current, "keyring.json"), { interval: 30 });
  await ring.load();
  fs.symlinkSync(two, `${current}.next`);
  fs.renameSync(`${current}.next`, current);
  await eventually(() => revisions).toEqual([2]);
  expect(errors).toEqual([]);
});

test("a change while the file is read for the first time is not missed", async () => {
  const path = nodePath.join(temporaryFolder(), "keyring.json");
  writeRing(path, ringDocument());
  const opens = watchOpens(path);
  opens.instead = (open) => {
    const file = open();
    opens.instead = undefined;
    replaceFile(path, next);
    return file;
  };
  const { ring, revisions } = followed(path);
  expect((await ring.load()).revision).toBe(1);
  await eventually(() => revisions).toEqual([2]);
});

test("a change that could not be read, of too many open files, is read later", async () => {
  const { path, revisions, errors, newest } = await application(ringDocument(), { interval: 30 });
  const opens = watchOpens(path);
  opens.instead = () => {
    throw Object.assign(new Error("too many open files"), { code: "EMFILE" });
  };
  replaceFile(path, next);
  await eventually(() => errors).toEqual([expect.stringContaining("cannot be used (EMFILE)")]);
  opens.instead = undefined;
  await eventually(newest).toBe("k2");
  expect([revisions, errors.length]).toEqual([[2], 1]);
});
