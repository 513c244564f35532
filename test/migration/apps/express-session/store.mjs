// A store of express-session's that several processes share, as those in Redis or PostgreSQL are.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import session from "express-session";

class FileStore extends session.Store {
  #folder = path.resolve("old-sessions");

  #file(sid) {
    return path.join(this.#folder, Buffer.from(sid).toString("hex"));
  }

  get(sid, callback) {
    const file = this.#file(sid);
    callback(null, existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);
  }

  set(sid, data, callback) {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#file(sid), JSON.stringify(data));
    callback?.(null);
  }

  destroy(sid, callback) {
    rmSync(this.#file(sid), { force: true });
    callback?.(null);
  }
}

export const store = new FileStore();
