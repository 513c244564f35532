import type { MaybePromise } from "../maybe-promise.js";
import { readText, writeText } from "../seal/codec.js";
import type { Authentic } from "./authentic.js";
import type { Engine } from "./engine.js";
import { LazyData } from "./lazy-data.js";
import { isObject, validate, validForSaving } from "./schema.js";

// For adapters that hand data out in another form, and have to see whether they changed.
export { ordinaryText } from "../seal/json.js";

/** A session's data as the application sees it. */
export interface OpenedData {
  readonly data: LazyData;
  /** The data's text: what differs from it at a save has changed. */
  readonly text: string;
  /** Set when the data belongs to a newer schema: its JSON as sealed, to be carried along unread. */
  readonly newer?: { readonly json: string; readonly version: number };
}

/** Data ready to be sealed. */
export interface SealableData {
  /** The data's text, to tell later whether it changed. */
  readonly text: string;
  /** What goes into the token: that text, as a JSON string where a codec wrote it. */
  readonly json: string;
  /** The schema's version. */
  readonly version: number;
}

/** A copy of a fresh session's data, for each session its own. */
export function freshCopy(engine: Engine): OpenedData {
  return opened(engine, engine.freshText);
}

/** Data that are read from their text, which was looked through before, by whoever asks for them. */
function opened({ settings }: Engine, text: string): OpenedData {
  const { codec } = settings;
  return { data: new LazyData(() => (codec ? readText(text, codec)?.value : JSON.parse(text)) as object), text };
}

/** @throws DataNotJsonError for what JSON would change silently */
export function dataText(engine: Engine, data: object): string {
  return writeText(data, engine.settings.codec, "session.data");
}

/**
 * The text to seal for the data: what the schema makes of it.
 *
 * @param text the data's own, where it was already written
 * @throws SchemaError when the data does not fit
 * @throws DataNotJsonError for what JSON would change silently
 */
export async function validText(engine: Engine, data: object, text?: string): Promise<string> {
  // At once, before the request can change the data again.
  if (!engine.settings.schema && isObject(data)) return text ?? dataText(engine, data);
  return dataText(engine, await validForSaving(engine.settings.schema, data));
}

/** Text of the current schema, ready to be sealed. */
export function sealable({ settings }: Engine, text: string): SealableData {
  return { text, json: settings.codec ? JSON.stringify(text) : text, version: settings.schemaVersion };
}

/**
 * Reads sealed data: validated, migrated where it has to be. Nothing a schema or a migration does makes it throw.
 *
 * @returns `undefined` when it fits no schema and no migration
 */
export function openData(engine: Engine, session: Authentic): MaybePromise<OpenedData | undefined> {
  const { codec, schema, schemaVersion } = engine.settings;
  const { sealed, json, parsed } = session;
  // Nothing stands between what was sealed and what is opened. To write the text again, only to have something to
  // compare with at a save, would take as long as parsing it.
  if (json !== undefined && !schema && !codec && sealed.sv === schemaVersion) {
    if (parsed === undefined) return opened(engine, json);
    if (isObject(parsed)) return { data: new LazyData(() => parsed), text: json };
  }
  return readData(engine, session);
}

async function readData(engine: Engine, { sealed, json, parsed }: Authentic): Promise<OpenedData | undefined> {
  const { codec, schema, schemaVersion, migrate } = engine.settings;
  try {
    const data: unknown = parsed === undefined ? JSON.parse(json as string) : parsed;
    if (sealed.sv > schemaVersion) {
      const text = writeText(data, undefined, "session.data");
      return { ...freshCopy(engine), newer: { json: text, version: sealed.sv } };
    }
    // What was sealed before there was this codec it cannot read: only a migration may know what it is.
    const read = codec ? readText(String(data), codec) : { value: data };
    const current = read && (sealed.sv === schemaVersion || !migrate) ? await validate(schema, read.value) : undefined;
    const old = read ? read.value : data;
    const valid = current && !current.issues ? current.value : migrate && (await migrated(engine, old, sealed.sv));
    if (!valid) return undefined;
    // From their text: a default, a catch() or a migration may hand the same object to every session.
    return opened(engine, dataText(engine, valid));
  } catch {
    return undefined;
  }
}

async function migrated({ settings }: Engine, old: unknown, fromVersion: number): Promise<object | undefined> {
  const result = await validate(settings.schema, await settings.migrate?.(old, fromVersion));
  return result.issues ? undefined : result.value;
}
