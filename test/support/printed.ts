import { inspect } from "node:util";
import { vi } from "vitest";

/** Everything that a log could make of a value. Takes the console's methods: restore them after the test. */
export function printed(value: unknown): string {
  const lines: string[] = [];
  for (const method of ["log", "error", "dir"] as const) {
    vi.spyOn(console, method).mockImplementation(
      (...args: unknown[]) => void lines.push(...args.map((arg) => inspect(arg, { depth: 12 }))),
    );
    console[method](value);
  }
  const { stack = "", message = "" } = value instanceof Error ? value : {};
  return [
    ...lines,
    inspect(value, { depth: 12, getters: true }),
    JSON.stringify(value) ?? "",
    String(value),
    stack,
    message,
  ]
    .join("\n")
    .replace(/\s+/g, " ");
}

/** A secret as text, as base64url and hex, and as the bytes that an inspected or serialized array would show. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const first = [...bytes].slice(0, 8);
  const serialized = first.map((byte, index) => `"${index}":${byte}`).join(",");
  return [
    secret,
    first.join(", "),
    first.join(","),
    serialized,
    ...["base64url", "hex"].map((form) => bytes.toString(form as "hex").slice(0, 20)),
  ];
}
