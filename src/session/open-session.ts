import { type Duration, formatDuration, parseDuration } from "../duration.js";
import { DataNotJsonError, type RejectionReason, SessionNotFreshError } from "../errors.js";
import { freshCopy } from "./data.js";
import { destroy } from "./destroy.js";
import { login } from "./login.js";
import { maskSid } from "./payload.js";
import { regenerate, revokeOthers } from "./reissue.js";
import { save, whyDead } from "./save.js";
import type { LoginOptions, SaveResult, Session, SessionInfo, Validity } from "./session.js";
import { lineageSoFar, type SessionState } from "./state.js";

/** The object that an application holds. A thin face: the verbs are in files of their own. */
export class OpenSession<Data extends object> implements Session<Data> {
  // Private for the language, not for the compiler alone: console.log and structured clones must not find the id.
  readonly #state: SessionState;
  #last: Promise<unknown> = Promise.resolve();

  constructor(state: SessionState) {
    this.#state = state;
    // Whoever is used to session.user = … must hear that it belongs into session.data, rather than lose it.
    Object.preventExtensions(this);
  }

  get id(): string {
    return this.#state.sid;
  }

  get maskedId(): string {
    return maskSid(this.#state.sid);
  }

  get subject(): string | undefined {
    return this.#state.live?.sealed.sub;
  }

  get isNew(): boolean {
    return this.#state.isNew;
  }

  get rejection(): RejectionReason | undefined {
    return this.#state.rejection;
  }

  get issuedAt(): Date | undefined {
    return dateOf(this.#state.live?.sealed.iat);
  }

  get lastSeenAt(): Date | undefined {
    return dateOf(this.#state.live?.deadlines.renewedAt);
  }

  get expiresAt(): Date | undefined {
    return dateOf(this.#state.live?.deadlines.idle);
  }

  get data(): Data {
    return this.#state.data.value as Data;
  }

  set data(data: Data) {
    this.#state.data.value = data;
  }

  get<Key extends keyof Data>(key: Key): Data[Key] {
    return this.data[key];
  }

  set<Key extends keyof Data>(key: Key, value: Data[Key]): void {
    // A key that a visitor chose would put the value in the prototype's place, where get() finds what it holds.
    if (key === "__proto__")
      throw new DataNotJsonError("session.data.__proto__", "is a key that can poison prototypes");
    this.data[key] = value;
  }

  delete(key: keyof Data): void {
    delete this.data[key];
  }

  clear(): void {
    this.#state.data.value = freshCopy(this.#state.engine).data.value;
  }

  flash(key: string, value: unknown): void;
  flash<Value = unknown>(key: string): Value | undefined;
  flash(...args: [key: string, value?: unknown]): unknown {
    if (args.length === 1) return this.#state.flash.take(args[0]);
    this.#state.flash.put(args[0], args[1], this.#state.engine.settings.clock());
    return undefined;
  }

  hasFlash(key: string): boolean {
    return this.#state.flash.has(key);
  }

  save(): Promise<SaveResult> {
    return this.#inTurn(() => save(this.#state));
  }

  login(subject: string, options: LoginOptions = {}): Promise<void> {
    return this.#inTurn(() => login(this.#state, subject, options));
  }

  regenerate(): Promise<void> {
    return this.#inTurn(() => regenerate(this.#state));
  }

  revokeOthers(): Promise<void> {
    return this.#inTurn(() => revokeOthers(this.#state));
  }

  destroy(): Promise<void> {
    return this.#inTurn(() => destroy(this.#state));
  }

  requireFresh(maxAge: Duration): void {
    const age = parseDuration(maxAge, "maxAge");
    const { live, engine } = this.#state;
    if (live?.sealed.sub === undefined)
      throw new SessionNotFreshError("Nobody is signed in; ask for the credentials, then login()");
    if (engine.settings.clock() - live.sealed.iat > age) {
      throw new SessionNotFreshError(
        `The sign-in is older than ${formatDuration(age)}; ask for the credentials again, then login()`,
      );
    }
  }

  async revalidate(): Promise<Validity> {
    const { live, engine } = this.#state;
    if (!live) return { valid: false };
    const reason = await whyDead(this.#state, live, engine.settings.clock());
    return reason ? { valid: false, reason } : { valid: true };
  }

  info(): SessionInfo {
    const { live, engine } = this.#state;
    return {
      cookieBytes: live?.chars ?? 0,
      chunks: live?.chunks ?? 0,
      keyId: live?.kid,
      lineage: lineageSoFar(this.#state),
      cipher: engine.cipherName,
    };
  }

  /** What may be seen of a session in a log: neither its id nor its data. */
  toJSON(): object {
    const { maskedId, subject, isNew } = this;
    return { maskedId, subject, isNew };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return { Session: this.toJSON() };
  }

  /** Runs the verbs of one session one after the other, however a request interleaves its calls. */
  #inTurn<T>(verb: () => Promise<T>): Promise<T> {
    const run = this.#last.then(verb);
    this.#last = run.catch(() => undefined);
    return run;
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
