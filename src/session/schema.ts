import { ConfigurationError, SchemaError } from "../errors.js";

/** The part of the Standard Schema specification (version 1) that is used here; zod, valibot and arktype have it. */
export interface Schema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of data: its value, or what is wrong. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** What a schema says is wrong with data, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema's `validate` gives. */
export type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];

/**
 * Validates; without a schema everything is valid that is an object.
 *
 * @throws ConfigurationError when the schema itself throws
 */
export async function validate(schema: Schema | undefined, value: unknown): Promise<SchemaResult<object>> {
  if (schema === undefined) return isObject(value) ? { value } : { issues: [{ message: "not an object" }] };
  const result = await run(schema, value);
  if (result.issues) return result;
  return isObject(result.value)
    ? { value: result.value }
    : { issues: [{ message: "the schema's output is not an object" }] };
}

/**
 * A fresh session's data: what the schema makes of `{}`.
 *
 * @throws ConfigurationError when it does not accept `{}`
 */
export async function freshData(schema: Schema | undefined): Promise<object> {
  const result = await validate(schema, {});
  if (!result.issues) return result.value;
  throw new ConfigurationError(
    `schema: a new session starts with {}, which the schema refuses: ${describe(result.issues)}. ` +
      "Give every field a default or make it optional",
  );
}

/** @throws SchemaError when the data does not fit */
export async function validForSaving(schema: Schema | undefined, value: unknown): Promise<object> {
  const result = await validate(schema, value);
  if (!result.issues) return result.value;
  throw new SchemaError(`The session's data does not fit its schema: ${describe(result.issues)}`, result.issues);
}

async function run(schema: Schema, value: unknown): Promise<SchemaResult<unknown>> {
  try {
    return await schema["~standard"].validate(value);
  } catch (cause) {
    // What it threw may quote the data: it is the cause, not part of a message that gets logged.
    throw new ConfigurationError(
      "schema: its own code threw instead of reporting an issue (a refinement or a default of yours?); the error's cause says what",
      { cause },
    );
  }
}

function describe(issues: readonly SchemaIssue[]): string {
  return issues
    .slice(0, 5)
    .map(({ message, path = [] }) => {
      const keys = path.map((step) => String(typeof step === "object" ? step.key : step));
      return keys.length > 0 ? `${keys.join(".")}: ${message}` : message;
    })
    .join("; ");
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
