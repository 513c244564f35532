/** Runs a check. @returns `{ name, ok, detail }`; what it threw is the detail */
export async function attempt(name, body) {
  try {
    await body();
    return { name, ok: true, detail: "" };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** @throws unless both are the same, compared deeply; the order of an object's keys counts */
export function equal(actual, expected, what = "the value") {
  const [got, wanted] = [shown(actual), shown(expected)];
  if (got !== wanted) throw new Error(`${what} is ${got.slice(0, 300)}, not ${wanted.slice(0, 300)}`);
}

/** Like JSON, but an undefined is not a null, nor nothing. */
const shown = (value) => JSON.stringify(value, (_key, part) => (part === undefined ? "(undefined)" : part)) ?? "";

/** The reason, else the code, of the error that an action ends with. @throws when it does not fail */
export async function refusal(action) {
  let result;
  try {
    result = await action();
  } catch (error) {
    return error.reason ?? error.code ?? `${error.name}: ${error.message}`;
  }
  throw new Error(`it was accepted, and gave ${shown(result)}`);
}
