import { statSync } from "node:fs";
import { ConfigurationError } from "../../errors.js";
import { loadDriver } from "../../revocation/sqlite/driver.js";
import { sqliteStore } from "../../revocation/sqlite/index.js";
import { CommandFailure } from "../exit.js";
import type { StoreAddress } from "./address.js";
import type { OpenedStore } from "./opened-store.js";

/** @throws CommandFailure when there is no such file: none is made */
export function openSqlite({ target: path, shown }: StoreAddress): OpenedStore {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) {
    throw new CommandFailure(
      "notFound",
      `There is no file ${shown}`,
      "The path is taken from the folder where the command runs. The application makes the file at its first use",
    );
  }
  if (!stats.isFile()) throw new CommandFailure("refused", `${shown} is not a file`);
  const store = sqliteStore(path);
  return {
    store,
    async findList() {
      const open = await loadDriver().catch((error: unknown) => {
        throw error instanceof ConfigurationError ? new CommandFailure("notFound", error.message) : error;
      });
      const database = open(path);
      try {
        const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'sealed_session_list'";
        return database.prepare(sql).all().length > 0;
      } finally {
        database.close();
      }
    },
    close: () => store.close(),
  };
}
