import type { DerivedKeys } from "../seal/reader.js";
import { flashGarbage, sealedGarbage } from "./hostile-payloads.js";
import type { Random } from "./random.js";

/** What the makers of hostile headers work from. */
export interface Corpus {
  /** The manager's cookie name, with its prefix. */
  readonly base: string;
  readonly kid: string;
  readonly keys: DerivedKeys;
  readonly flashKeys: DerivedKeys;
  readonly now: number;
  /** Whole headers as browsers would send them: guests, users, chunks, flash, seen; alive and dead. */
  readonly headers: readonly string[];
  /** The single cookie values in them. */
  readonly values: readonly string[];
}

type Maker = (random: Random, corpus: Corpus) => string;

const KEY_IDS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "0",
  "k".repeat(32),
  "k".repeat(33),
  "",
  "é",
  "a-b",
  "*",
];
const SEPARATORS = ["; ", ";", ";;", " ; ", ";\t", "; \t", ", ", "\u00a0;", "\n", ";\0"];
const SUFFIXES = [
  "",
  ".guest",
  ".0",
  ".1",
  ".2",
  ".3",
  ".4",
  ".guest.0",
  ".guest.1",
  ".seen",
  ".flash",
  ".guest.seen",
  ".",
];

function name(random: Random, { base }: Corpus): string {
  const exact = base + random.pick(random.chance(0.7) ? ["", ".guest"] : SUFFIXES);
  const variants = [
    exact.toLowerCase(),
    exact.slice(7),
    ` ${exact}`,
    `\u00a0${exact}`,
    `"${exact}"`,
    `$${exact}`,
    `${exact} `,
    encodeURIComponent(exact),
  ];
  return random.chance(0.9) ? exact : random.pick(variants);
}

function mutateToken(random: Random, token: string, values: readonly string[]): string {
  const at = random.below(token.length || 1);
  const fields = token.split("*");
  const field = random.below(fields.length);
  const other = random.pick(values).split("*");
  const flipped = (text: string): string => {
    const index = random.below(text.length || 1);
    return text.slice(0, index) + random.pick([..."ABCDwxyz0189-_"]) + text.slice(index + 1);
  };
  const swapped = (text: string): string => text.charAt(1) + text.charAt(0) + text.slice(2);
  const ways: readonly (() => string)[] = [
    () => token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << random.below(8))) + token.slice(at + 1),
    () => fields.with(field, flipped(fields[field] ?? "")).join("*"),
    // Still canonical: only the MAC tells.
    ...[3, 4, 4, 7].map((index) => () => fields.with(index % fields.length, swapped(fields[index] ?? "")).join("*")),
    () => fields.with(field, other[field] ?? "").join("*"),
    () =>
      fields
        .with(5 % fields.length, random.pick(["9".repeat(15), "9".repeat(16), "0", "1", "-1", "1e3", " 1", "٣"]))
        .join("*"),
    () => fields.with(1 % fields.length, random.pick(KEY_IDS)).join("*"),
    () => token.slice(0, at),
    () => token.slice(0, at) + token.slice(at + 1),
    () => fields.toSpliced(field, random.below(2), fields[random.below(fields.length)] ?? "").join("*"),
    () => token + random.pick(["=", "==", " ", "*", "A", '"', "\0", "%2A"]),
    () => random.pick(["Fe26.1", "Fe26.2 ", "fe26.2", "", "Fe26.2*Fe26.2"]) + token.slice(6),
    () => `"${token}"`,
    () => encodeURIComponent(token),
  ];
  return random.pick(ways)();
}

const noise: Maker = (random) => random.text(random.below(200));

const junkPairs: Maker = (random, corpus) =>
  Array.from(
    { length: 1 + random.below(6) },
    () => `${name(random, corpus)}=${random.chance(0.5) ? random.text(random.below(60)) : `Fe26.2*${random.text(30)}`}`,
  ).join(random.pick(SEPARATORS));

const mutated: Maker = (random, corpus) => {
  let header = `${name(random, corpus)}=${mutateToken(random, random.pick(corpus.values), corpus.values)}`;
  if (random.chance(0.3))
    header += `${random.pick(SEPARATORS)}${name(random, corpus)}=${mutateToken(random, random.pick(corpus.values), corpus.values)}`;
  return header;
};

const wrongPlace: Maker = (random, corpus) =>
  Array.from({ length: 1 + random.below(3) }, () => `${name(random, corpus)}=${random.pick(corpus.values)}`).join(
    random.pick(SEPARATORS),
  );

const withExtras: Maker = (random, corpus) => {
  const extras = [
    "a=b",
    "$Version=1",
    "__proto__=x",
    "constructor=y",
    "=",
    "==",
    "novalue",
    junkPairs(random, corpus),
    noise(random, corpus),
  ];
  return random
    .shuffled([random.pick(corpus.headers), ...Array.from({ length: random.below(5) }, () => random.pick(extras))])
    .join(random.pick(SEPARATORS));
};

const duplicates: Maker = (random, corpus) => {
  const count = 2 + random.below(random.chance(0.05) ? 100 : 20);
  const [one, base] = [name(random, corpus), random.pick(corpus.values)];
  return Array.from(
    { length: count },
    () => `${one}=${random.chance(0.3) ? base : mutateToken(random, base, corpus.values)}`,
  ).join("; ");
};

const forgedChunks: Maker = (random, corpus) => {
  const kind = random.pick(["", ".guest"]);
  const token = random.chance(0.5)
    ? random.pick(corpus.values)
    : sealedGarbage(random, corpus.kid, corpus.keys, corpus.now);
  const count = 2 + random.below(3);
  const label = `${random.chance(0.9) ? count : random.below(10)}${random.chance(0.5) ? token.slice(-43, -39) : "AAAA"}`;
  const size = Math.ceil(token.length / count);
  const chunks = Array.from(
    { length: count },
    (_, index) => `${corpus.base}${kind}.${index}=${label}${token.slice(index * size, (index + 1) * size)}`,
  );
  if (random.chance(0.3)) chunks.splice(random.below(count), 1);
  if (random.chance(0.3))
    chunks.push(
      ...Array.from(
        { length: random.below(20) },
        () => `${corpus.base}${kind}.${random.below(4)}=${label}${random.text(8)}`,
      ),
    );
  return random.shuffled(chunks).join("; ");
};

const garbage: Maker = (random, corpus) => {
  const cookie = random.pick([corpus.base, `${corpus.base}.guest`]);
  const sealed = `${cookie}=${sealedGarbage(random, corpus.kid, corpus.keys, corpus.now)}`;
  if (random.chance(0.8)) return sealed;
  return `${sealed}; ${corpus.base}.flash=${flashGarbage(random, corpus.kid, corpus.flashKeys, corpus.now)}; ${random.pick(corpus.headers)}`;
};

const overLong: Maker = (random, corpus) => {
  const filler = random.pick([";", "=", "a=b; ", `${corpus.base}=`, "*", "Fe26.2*", `${corpus.base}=Fe26.2*k**; `]);
  return filler.repeat(Math.ceil((random.chance(0.5) ? 16_384 : 70_000) / filler.length)) + random.pick(corpus.headers);
};

/** The kinds, each with how many of a hundred headers it makes. */
const KINDS: readonly (readonly [string, number, Maker])[] = [
  ["noise", 5, noise],
  ["junk pairs", 8, junkPairs],
  ["mutated tokens", 30, mutated],
  ["wrong place", 7, wrongPlace],
  ["good with extras", 8, withExtras],
  ["duplicates", 6, duplicates],
  ["forged chunks", 10, forgedChunks],
  ["sealed garbage", 25.8, garbage],
  ["over-long", 0.2, overLong],
];
const TOTAL = KINDS.reduce((sum, [, weight]) => sum + weight, 0);

/** One hostile `Cookie` header. */
export function hostileHeader(random: Random, corpus: Corpus): { readonly kind: string; readonly header: string } {
  let at = random.next() * TOTAL;
  const [kind, , make] = KINDS.find(([, weight]) => (at -= weight) < 0) ?? KINDS[0]!;
  return { kind, header: make(random, corpus) };
}
