import assert from "node:assert/strict";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Options, Result, Shell } from "./pty.js";

const PACKAGE = path.resolve(import.meta.dirname, "../../..");

/** What is typed and what appears, to be compared with what was looked at and found good. */
export class Transcript {
  readonly #shell: Shell;
  readonly #lines: string[] = [];
  readonly #names = new Map<string, string>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** Types a command into a terminal, without colours. */
  async type(command: string, options: Options = {}): Promise<Result> {
    const result = await this.#shell.terminal(command, { ...options, env: { ...options.env, NO_COLOR: "1" } });
    this.#lines.push(
      `$ ${this.#stable(command)}`,
      this.#stable(result.out).trimEnd(),
      ...(result.code === 0 ? [] : [`[exit code ${result.code}]`]),
      "",
    );
    // With colours or without, nothing but `export` shows a secret.
    if (!/ export .*--reveal/.test(command)) assert.doesNotMatch(result.out, /sealed_key_[\w-]{20}/);
    return result;
  }

  say(comment: string): void {
    this.#lines.push(`# ${comment}`);
  }

  get text(): string {
    return `${this.#lines.join("\n").trimEnd()}\n`;
  }

  /** Random names by the order in which they appear; whoever runs it, wherever. */
  #stable(text: string): string {
    return stripVTControlCharacters(text)
      .replaceAll(`${userInfo().username}@${hostname()}`, "operator@host")
      .replaceAll(PACKAGE, "node_modules/sealed-session")
      .replaceAll(/(operator@host) +/g, "$1  ")
      .replaceAll(/\bBY +REASON/g, "BY             REASON")
      .replaceAll(/sealed_key_[\w-]{49}/g, (secret) => `sealed_key_${this.#name(secret, "s", 4)}…`)
      .replaceAll(/\b[kr][a-km-np-z2-9]{8}\b/g, (id) => this.#name(id, id.charAt(0), 9))
      .replaceAll(/\b[0-9a-f]{10}\b/g, (fingerprint) => this.#name(fingerprint, "f", 10));
  }

  #name(random: string, prefix: string, width: number): string {
    const known = this.#names.get(random);
    if (known) return known;
    const count = [...this.#names.values()].filter((name) => name.startsWith(prefix)).length + 1;
    const name = `${prefix}${String(count).padStart(width - 1, "0")}`;
    this.#names.set(random, name);
    return name;
  }
}
