/** `session.rejection` in a visitor's words. Reasons that tell visitors nothing they could act on share one sentence. */
const WORDS: Readonly<Record<string, string>> = {
  idle: "You were signed out because the session was not used for too long.",
  expired: "You were signed out because the session reached its longest life.",
  revoked: "This browser sent the cookie of a session that was signed out. It was refused.",
  superseded: "This browser sent the cookie of a session that a newer one replaced. It was refused.",
  key_revoked: "You were signed out because a key was withdrawn.",
};

export function explainRejection(reason: string): string {
  return WORDS[reason] ?? "This browser sent a session cookie that is not valid. It was refused.";
}
