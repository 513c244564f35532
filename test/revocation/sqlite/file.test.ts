import { existsSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { lookAt, lookAtAll, prepareFile, removeIf, targetOf } from "../../../dist/revocation/sqlite/file.js";
import { newPath } from "./support/files.js";

const NOTHING = { file: "", empty: false };

describe("looking at a path", () => {
  test("nothing is there, or something that is no folder above it", () => {
    const file = newPath();
    expect(lookAt(file)).toEqual(NOTHING);
    writeFileSync(file, "");
    expect(lookAt(path.join(file, "below"))).toEqual(NOTHING);
  });

  test("a file is told from the next one of its name", () => {
    const [file, next] = [newPath(), newPath()];
    writeFileSync(file, "");
    writeFileSync(next, "text");
    const before = lookAt(file);
    renameSync(next, file);
    expect([before.empty, lookAt(file).empty]).toEqual([true, false]);
    expect(lookAt(file).file).not.toBe(before.file);
  });

  test("its companions are looked at with it", () => {
    const file = newPath();
    for (const each of [file, `${file}-wal`, `${file}-shm`]) writeFileSync(each, "text");
    const ids = [file, `${file}-wal`, `${file}-shm`].map((each) => lookAt(each).file);
    expect(lookAtAll(file)).toEqual({ file: ids[0], wal: ids[1], shm: ids[2], empty: false });
    expect(new Set(ids).size).toBe(3);
  });

  test("one that the system does not let us look at is an error that names it", () => {
    const file = newPath("n".repeat(300));
    expect(() => lookAt(file)).toThrow(ConfigurationError);
    expect(() => lookAt(file)).toThrow(
      `sqliteStore: ${file} cannot be looked at (ENAMETOOLONG): let this user into its folder`,
    );
  });
});

describe("links", () => {
  test("are followed one after the other, also to where nothing is", () => {
    const [file, far, near] = [newPath(), newPath("far"), newPath("near")];
    symlinkSync(path.basename(file), far);
    symlinkSync(far, near);
    expect([targetOf(near), targetOf(file)]).toEqual([file, file]);
  });

  test("are followed 33 times, and no further", () => {
    const links = Array.from({ length: 36 }, () => newPath("link"));
    links.slice(1).forEach((target, i) => symlinkSync(target, links[i] as string));
    expect(links.indexOf(targetOf(links[3] as string))).toBe(35);
    expect(links.indexOf(targetOf(links[0] as string))).toBe(33);
  });

  test("in a circle are an error", () => {
    const [one, other] = [newPath("one"), newPath("other")];
    symlinkSync(one, other);
    symlinkSync(other, one);
    expect(() => prepareFile(targetOf(one))).toThrow("cannot be looked at (ELOOP)");
  });
});

describe("making a file", () => {
  test("it is empty and its owner's alone", () => {
    const file = newPath();
    prepareFile(file);
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["", 0o600]);
  });

  test("one that is there stays as it is", () => {
    const file = newPath();
    writeFileSync(file, "text");
    prepareFile(file);
    expect(readFileSync(file, "utf8")).toBe("text");
  });

  test("one that the system does not let us make is an error that names it", () => {
    const place = `${newPath()}${path.sep}`;
    expect(() => prepareFile(place)).toThrow(ConfigurationError);
    expect(() => prepareFile(place)).toThrow(
      `sqliteStore: ${place} cannot be made (EISDIR): let this user write to its folder`,
    );
  });

  test.each([
    ["no file", undefined, false],
    ["an empty file", "", false],
    ["a file with something in it", "text", true],
  ])("what lies beside %s: kept is %s", (_name, text, kept) => {
    const file = newPath();
    if (text !== undefined) writeFileSync(file, text);
    for (const companion of [`${file}-wal`, `${file}-shm`]) writeFileSync(companion, "left behind");
    prepareFile(file);
    expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([kept, kept]);
  });
});

describe("removing a file", () => {
  test("only the one that was meant goes", () => {
    const [file, other] = [newPath(), newPath()];
    for (const each of [file, other]) writeFileSync(each, "text");
    removeIf(file, lookAt(other).file);
    removeIf(file, "");
    expect(existsSync(file)).toBe(true);
    removeIf(file, lookAt(file).file);
    expect(existsSync(file)).toBe(false);
    // It was not there; nothing is to be removed.
    removeIf(file, "");
  });

  test("one that cannot be removed is an error", () => {
    const folder = newPath("folder");
    mkdirSync(folder);
    expect(() => removeIf(folder, lookAt(folder).file)).toThrow(/EISDIR|EPERM/);
  });
});
