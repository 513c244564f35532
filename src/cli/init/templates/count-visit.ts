/** The statement that counts a visit: without a schema nothing says that there is a number yet. */
export function countVisit(zod: boolean): string {
  return zod ? "session.data.visits += 1;" : "session.data.visits = (session.data.visits ?? 0) + 1;";
}
