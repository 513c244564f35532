import { ConfigurationError } from "../errors.js";
import { assertKnown } from "../known-options.js";
import type { DirectoryStore, SignInPage, SignInQuery, StoredSignIn } from "../revocation/directory.js";
import type { Engine } from "./engine.js";
import { isSid, isSubject, maskSid } from "./payload.js";

/** Somebody signed in somewhere. */
export interface SignIn {
  /** Its name for `end()`: no secret, and no session id. It stays when the session gets a new id. */
  readonly id: string;
  /** The masked session id, as in events and in `session.maskedId`. */
  readonly session: string;
  readonly subject: string;
  readonly createdAt: Date;
  /** When it was last seen, as exactly as sessions are renewed. */
  readonly lastSeenAt: Date;
  /** When it leaves the directory if it is not used again, shortly after the session has ended. */
  readonly expiresAt: Date;
  readonly label: string | undefined;
  /** Whether it is the session that was named as the current one. */
  readonly current: boolean;
}

/** Who is signed in where. Opt-in: the manager's option `directory`. */
export interface Directory {
  /**
   * A user's sign-ins, those begun first come first.
   * @param options.current the `session.id` of the one who looks
   * @throws RevocationUnavailableError when the store does not answer; so do the others
   */
  list(subject: string, options?: { readonly current?: string }): Promise<SignIn[]>;
  /** Everybody's, read in pages: `for await (const signIn of sessions.directory.all()) …` */
  all(): AsyncIterableIterator<SignIn>;
  /** @param id a sign-in's id */
  get(id: string): Promise<SignIn | undefined>;
  /** How many there are, of a user or of all. */
  count(subject?: string): Promise<number>;
  /**
   * Ends one.
   * @param id a sign-in's id
   * @param options.subject whose it must be: give it where the id comes from a user, who else could end a stranger's
   * @param options.note a word for the `revoked` event
   * @returns whether there was one
   * @throws ConfigurationError when `subject` is given and is none: a guest's `session.subject` is undefined
   */
  end(id: string, options?: { readonly subject?: string; readonly note?: string }): Promise<boolean>;
}

/** @param engine the manager's, once it has started */
export function directoryOf(engine: () => Promise<Engine>): Directory {
  const ask = async <T>(question: (directory: DirectoryStore) => T | Promise<T>): Promise<T> => {
    const { settings, gate } = await engine();
    if (!settings.directory) {
      throw new ConfigurationError("There is no directory: give the session manager the option directory: true");
    }
    return gate.consult(({ directory }) => question(directory as DirectoryStore));
  };
  const pages = async function* (query: SignInQuery): AsyncGenerator<StoredSignIn> {
    let after: string | undefined;
    do {
      const page: SignInPage = await ask((directory) => directory.list({ ...query, after }));
      yield* page.signIns;
      after = page.cursor;
    } while (after !== undefined);
  };
  const find = async (id: string): Promise<StoredSignIn | undefined> =>
    typeof id === "string" && isSid(id) ? ask((directory) => directory.find(id)) : undefined;
  return {
    async list(subject, { current } = {}) {
      assertSubject("list", subject);
      const found: SignIn[] = [];
      for await (const each of pages({ subject })) found.push(shown(each, current));
      return found;
    },
    async *all() {
      for await (const each of pages({})) yield shown(each);
    },
    async get(id) {
      const found = await find(id);
      return found && shown(found);
    },
    async count(...of: [subject?: string]) {
      // A guest's subject is undefined: that must not count everybody, nor end anybody's.
      if (of.length > 0) assertSubject("count", of[0]);
      const [subject] = of;
      return ask((directory) => directory.count(subject));
    },
    async end(id, options = {}) {
      assertKnown("directory.end", options, ["subject", "note"]);
      const { subject, note } = options;
      const anybodys = !("subject" in options);
      if (!anybodys) assertSubject("end", subject);
      const found = await find(id);
      if (!found || !(anybodys || found.subject === subject)) return false;
      const { gate, emit } = await engine();
      await gate.revokeSession(found.sid);
      const session = maskSid(found.sid);
      emit("revoked", { scope: "session", session, subject: found.subject, ...(note !== undefined && { note }) });
      return true;
    },
  };
}

function assertSubject(verb: string, subject: unknown): void {
  if (isSubject(subject)) return;
  throw new ConfigurationError(`directory.${verb}: the subject is text of 1 to 256 characters, as given to login()`);
}

function shown({ id, sid, subject, createdAt, seenAt, until, label }: StoredSignIn, current?: string): SignIn {
  return {
    id,
    session: maskSid(sid),
    subject,
    createdAt: new Date(createdAt),
    lastSeenAt: new Date(seenAt),
    expiresAt: new Date(until),
    label,
    current: sid === current,
  };
}
