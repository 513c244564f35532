/** The three facts of a revocation list: sessions, subjects, everything. And keys. */
export class Revocations {
  readonly #sessions = new Map<string, { readonly revoked: boolean; readonly successors: readonly string[] }>();
  readonly #subjects = new Map<string, number>();
  readonly keys = new Set<string>();
  #all = 0;

  generation(subject: string | undefined): { readonly all: number; readonly subject: number } {
    return { all: this.#all, subject: subject === undefined ? 0 : (this.#subjects.get(subject) ?? 0) };
  }

  status(sid: string): "live" | "revoked" | "superseded" {
    const entry = this.#sessions.get(sid);
    return entry === undefined ? "live" : entry.revoked ? "revoked" : "superseded";
  }

  /** Superseded never replaces revoked. A sign-in that was sent twice leaves two successors. */
  supersede(sid: string, successor: string | undefined): void {
    const { revoked = false, successors = [] } = this.#sessions.get(sid) ?? {};
    if (revoked) return;
    this.#sessions.set(sid, { revoked, successors: successor === undefined ? successors : [...successors, successor] });
  }

  /** Ends a session, and whatever took its place. */
  revokeSession(sid: string): void {
    const successors = this.#sessions.get(sid)?.successors ?? [];
    this.#sessions.set(sid, { revoked: true, successors: [] });
    for (const successor of successors) this.revokeSession(successor);
  }

  revokeSubject(subject: string): void {
    this.#subjects.set(subject, (this.#subjects.get(subject) ?? 0) + 1);
  }

  revokeAll(): void {
    this.#all += 1;
  }
}
