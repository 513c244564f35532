/** A rule of the contract that a store broke. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/** @throws ContractError unless both are the same as JSON, whatever the order of their members */
export function same(actual: unknown, expected: unknown, rule: string): void {
  const [got, wanted] = [inOrder(actual), inOrder(expected)];
  if (got !== wanted) throw new ContractError(`${rule}: expected ${wanted}, got ${got}`);
}

/** @throws ContractError unless it holds */
export function holds(condition: boolean, rule: string): void {
  if (!condition) throw new ContractError(rule);
}

/** More than any case needs. */
const MOST_ROUNDS = 1_000;

/** To be called in each round of what has to come to an end. @throws ContractError when there are too many */
export function roundCounter(rule: string): () => void {
  let rounds = 0;
  return () => holds(++rounds <= MOST_ROUNDS, rule);
}

/** As `roundCounter`, for each page of a list. */
export function pageCounter(): () => void {
  return roundCounter("reading on from each page's cursor comes to an end");
}

function inOrder(value: unknown): string {
  return (
    JSON.stringify(value, (_name, each: unknown) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ) ?? "undefined"
  );
}
