import { expect, test } from "vitest";
import { ConfigurationError } from "sealed-session";
import { loadDriver, type OpenDatabase } from "../../../dist/revocation/sqlite/driver.js";

const open: OpenDatabase = () => {
  throw new Error("not opened here");
};
const works = async () => Promise.resolve(open);
const fails = (message: string, code?: string) => async () =>
  Promise.reject(Object.assign(new Error(message), code && { code }));
const MISSING = {
  "node:sqlite": fails("No such built-in module", "ERR_UNKNOWN_BUILTIN_MODULE"),
  libsql: fails("Cannot find package", "ERR_MODULE_NOT_FOUND"),
};
const ADVICE = "Run: npm install libsql; better-sqlite3 does as well, and Node 22.13 or newer brings its own";

test("the first that can be loaded is taken", async () => {
  expect(await loadDriver({ ...MISSING, third: works, fourth: fails("not asked") })).toBe(open);
  expect(await loadDriver({ broken: fails("broken"), second: works })).toBe(open);
});

test("where none is there it says what to install", async () => {
  const failed = (await loadDriver(MISSING).catch((error: unknown) => error)) as Error;
  expect(failed).toBeInstanceOf(ConfigurationError);
  expect(failed.message).toBe(`sqliteStore: there is no SQLite driver. ${ADVICE}`);
});

test("those that are there and cannot be loaded are told of, each with the first line of its error", async () => {
  const drivers = {
    ...MISSING,
    broken: fails("compiled for another Node\nRequire stack:\n- /srv/app.js"),
    empty: fails("no native part", "ERR_DLOPEN_FAILED"),
  };
  await expect(loadDriver(drivers)).rejects.toThrow(
    "sqliteStore: there is no SQLite driver (broken could not be loaded: compiled for another Node; " +
      `empty could not be loaded: no native part). ${ADVICE}`,
  );
});
