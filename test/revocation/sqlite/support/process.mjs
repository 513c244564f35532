/**
 * A process of its own with a store on a file. It is told over IPC what to do:
 * `[[method, …arguments], …]` one after the other, or `["lock"]` and `["unlock"]` by a connection of its own.
 */
import { createRequire } from "node:module";
import { sqliteStore } from "sealed-session/revocation/sqlite";

const [file] = process.argv.slice(2);
const store = sqliteStore(file);
let held;

const own = {
  lock() {
    const Database = createRequire(import.meta.url)("libsql");
    held = new Database(file);
    held.exec("BEGIN IMMEDIATE");
  },
  unlock: () => held.exec("COMMIT"),
};

async function answer({ id, calls }) {
  try {
    const answers = [];
    for (const [method, ...values] of calls) {
      answers.push(await (own[method] ? own[method]() : store[method](...values)));
    }
    process.send({ id, answers });
  } catch (error) {
    process.send({ id, error: `${error.name}: ${error.message}` });
  }
}

process.on("message", (message) => void answer(message));
process.on("disconnect", () => process.exit());
process.send({ id: 0, answers: [] });
