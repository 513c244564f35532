import fc from "fast-check";
import { chunkNames, type Model } from "./model.js";
import type { World } from "./world.js";

/** A value that no browser of ours would send. What it is made of is known only when the command runs. */
export interface Hostile {
  readonly kind:
    | "text"
    | "flipped"
    | "prolonged"
    | "misplaced"
    | "unprefixed"
    | "spliced"
    | "truncated"
    | "foreign"
    | "seen"
    | "huge";
  readonly which: number;
  readonly at: number;
  readonly text: string;
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export const hostile: fc.Arbitrary<Hostile> = fc.record({
  kind: fc.constantFrom<Hostile["kind"][]>(
    "text",
    "flipped",
    "flipped",
    "prolonged",
    "misplaced",
    "misplaced",
    "misplaced",
    "unprefixed",
    "spliced",
    "truncated",
    "foreign",
    "seen",
    "seen",
    "huge",
  ),
  which: fc.nat(50),
  at: fc.nat(10_000),
  text: fc.oneof(
    fc.constantFrom("%", "%E0%A4%A", '"', "=", "__proto__", "[]", "Fe26.2*", "Fe26.2*k0**a*b*1**c"),
    // What a header can carry at all: bytes other than control characters.
    fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 60,
    }),
  ),
});

/** Makes the `name=value` pair; nothing where there is no cookie yet to make it from. */
export function hostilePair(model: Model, world: World, { kind, which, at, text }: Hostile): string | undefined {
  const { names, tokens, seens } = model;
  const own = [...Object.values(names), ...chunkNames(names.user), ...chunkNames(names.guest)];
  const token = tokens.at(-1 - (which % Math.max(tokens.length, 1)));
  const other = tokens.at(which % Math.max(tokens.length, 1));
  const seen = seens.at(-1 - (which % Math.max(seens.length, 1)));
  const base = names[token?.kind ?? "user"];
  const row = token ? at % token.parts.length : 0;
  const part = token?.parts[row] ?? "";
  const name = token && token.parts.length > 1 ? `${base}.${row}` : base;
  const make: Record<Hostile["kind"], () => string | undefined> = {
    text: () => `${own[at % own.length]}=${text}`,
    flipped: () => `${name}=${flipped(part, at, which)}`,
    prolonged: () =>
      `${name}=${part.replace(/\*(\d{13})\*/, (_, expiry: string) => `*${Number(expiry) + 3_600_000}*`)}`,
    misplaced: () => `${token?.kind === "guest" ? names.user : names.guest}=${part}`,
    unprefixed: () => `${name.slice("__Host-".length)}=${part}`,
    spliced: () => `${name}=${part.slice(0, -43)}${(other?.parts.at(-1) ?? "").slice(-43)}`,
    truncated: () => `${name}=${part.slice(0, at % (part.length + 1))}`,
    foreign: () => `${at % 2 ? names.user : names.guest}=${world.foreign[which % world.foreign.length]}`,
    seen: () => seen && strangeSeen(names.seen, seen.text, at),
    huge: () => `${name}=${"x".repeat(66_000)}`,
  };
  return token || ["text", "foreign", "huge"].includes(kind) ? make[kind]() : undefined;
}

/** Another character in one place; often the last one, since base64 has bits there that do not count. */
export function flipped(text: string, at: number, shift: number): string {
  const place = at % 4 === 0 ? text.length - 1 : at % text.length;
  const index = BASE64URL.indexOf(text.charAt(place));
  const other = BASE64URL.charAt((index + 1 + (shift % 62)) % 64);
  return text.slice(0, place) + (other === text.charAt(place) ? "!" : other) + text.slice(place + 1);
}

/** A renewal cookie that is forged, or another session's. */
export function strangeSeen(name: string, text: string, at: number): string {
  const [renewedAt, deadline, kid, mac] = text.split(".");
  const later = (ms: string | undefined, by: number): number => Number(ms) + by;
  const forged = [
    `${renewedAt}.${later(deadline, 3_600_000)}.${kid}.${mac}`,
    `${later(renewedAt, 60_000)}.${later(deadline, 60_000)}.${kid}.${mac}`,
    `${renewedAt}.${deadline}.${kid}.${flipped(mac as string, at, at)}`,
    // Authentic, but perhaps another session's.
    text,
  ];
  return `${name}=${forged[at % forged.length]}`;
}
