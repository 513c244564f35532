/** The three facts of a revocation list, as the design tells them: sessions, subjects, everything. And keys. */
export class Revocations {
  readonly #sessions = new Map<string, { readonly revoked: boolean; readonly successor: string | undefined }>();
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

  /** Superseded never replaces revoked, nor an earlier successor. */
  supersede(sid: string, successor: string | undefined): void {
    if (!this.#sessions.has(sid)) this.#sessions.set(sid, { revoked: false, successor });
  }

  /** Ends a session, and whatever took its place. */
  revokeSession(sid: string): void {
    const successor = this.#sessions.get(sid)?.successor;
    this.#sessions.set(sid, { revoked: true, successor: undefined });
    if (successor !== undefined) this.revokeSession(successor);
  }

  revokeSubject(subject: string): void {
    this.#subjects.set(subject, (this.#subjects.get(subject) ?? 0) + 1);
  }

  revokeAll(): void {
    this.#all += 1;
  }
}
