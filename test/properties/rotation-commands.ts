import fc from "fast-check";
import { importRing } from "../../dist/keyring/file/import.js";
import { KeyringProblem } from "../../dist/keyring/problem.js";
import { activate } from "../../dist/keyring/rotation/activate.js";
import { createRing } from "../../dist/keyring/rotation/create.js";
import type { Change, RingDocument } from "../../dist/keyring/rotation/document.js";
import { changePolicy } from "../../dist/keyring/rotation/policy.js";
import { prune } from "../../dist/keyring/rotation/prune.js";
import { retire } from "../../dist/keyring/rotation/retire.js";
import { replaceAtOnce, revoke } from "../../dist/keyring/rotation/revoke.js";
import { stage } from "../../dist/keyring/rotation/stage.js";
import { formatSecret } from "../../dist/keyring/secret.js";
import type { Bounds, History, Version } from "./rotation-world.js";

export const START = Date.UTC(2026, 0, 1);

/** A change as somebody asks for it, on a machine whose clock shows `now`. */
interface Command {
  readonly verb: string;
  readonly apply: (ring: RingDocument, now: number) => Change | undefined;
}

/** A command, when it is given, and how far ahead the clock is of the machine that it is given on. */
interface Step {
  readonly moment: Moment;
  readonly offset: number;
  readonly command: Command;
}

export interface Story {
  readonly bounds: Bounds;
  readonly history: History;
  /** What was done, and what was refused. */
  readonly done: readonly string[];
  readonly refused: readonly string[];
}

/** True time passes: so much, or until that machine's clock shows a date of a key, more or less. */
type Moment = { readonly wait: number } | { readonly key: number; readonly date: KeyDate; readonly around: number };
type KeyDate = "activateAt" | "retireAt";

/** Times are small, so that dates of different keys, and the bounds, meet often. */
const span = fc.nat(90);
const someKey = fc.nat(7);

function idOf(ring: RingDocument, number: number): string {
  return ring.keys[number % ring.keys.length]?.id ?? "";
}

const around = fc.integer({ min: -20, max: 20 });
const maybeDate = fc.option(span, { nil: undefined });
const moment: fc.Arbitrary<Moment> = fc.oneof(
  fc.record({ wait: span }),
  fc.record({
    key: someKey,
    date: fc.constantFrom<KeyDate>("activateAt", "retireAt"),
    around: fc.oneof(around, fc.constantFrom(-1, 0, 1)),
  }),
);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ date: maybeDate, retire: fc.boolean(), another: fc.constantFrom(true, true, false) })
      .map(({ date, ...options }): Command => ({
        verb: "stage",
        apply: (ring, now) => stage(ring, { ...options, ...(date !== undefined && { activateAt: now + date }) }, now),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(someKey, fc.option(around, { nil: undefined })).map(([number, shift]): Command => ({
      verb: "activate",
      apply: (ring, now) => {
        const pending = ring.keys.filter((key) => key.activateAt > now);
        const key = pending[number % Math.max(pending.length, 1)];
        return activate(ring, key?.id, key && shift !== undefined ? key.activateAt + shift : undefined, now);
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.array(someKey, { maxLength: 2 }), maybeDate).map(([keys, date]): Command => ({
      verb: "retire",
      apply: (ring, now) => {
        const ids = keys.map((key) => idOf(ring, key));
        return retire(ring, ids, date === undefined ? undefined : now + date, now);
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(someKey, { minLength: 1, maxLength: 2 })
      .map((keys): Command => ({ verb: "revoke", apply: (ring, now) => revoke(ring, idsOf(ring, keys), "why", now) })),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(fc.constant([]), fc.array(someKey, { minLength: 1, maxLength: 2 })).map((keys): Command => ({
      verb: "emergency",
      apply: (ring, now) => replaceAtOnce(ring, idsOf(ring, keys), undefined, now),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(someKey, { maxLength: 1 })
      .map((keys): Command => ({ verb: "prune", apply: (ring, now) => prune(ring, idsOf(ring, keys), now) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(15), fc.nat(15), fc.nat(60)).map(([propagation, skew, absoluteTimeout]): Command => ({
      verb: "policy",
      apply: (ring, now) =>
        changePolicy(
          ring,
          {
            propagation: ring.policy.propagation + propagation,
            skew: ring.policy.skew + skew,
            absoluteTimeout: ring.policy.absoluteTimeout + absoluteTimeout,
          },
          now,
        ),
    })),
  },
);

function idsOf(ring: RingDocument, keys: readonly number[]): string[] {
  return keys.map((key) => idOf(ring, key));
}

const bounds = fc.record({ propagation: fc.integer({ min: 1, max: 30 }), skew: fc.integer({ min: 1, max: 20 }) });

/** A ring's life: how it began, and what was done with it by whom. */
export const story: fc.Arbitrary<Story> = bounds.chain((world) =>
  fc
    .record({
      absoluteTimeout: fc.integer({ min: 1, max: 60 }),
      secrets: fc.nat(3),
      offset: fc.nat(world.skew),
      steps: fc.array(fc.record({ moment, offset: fc.nat(world.skew), command }), { maxLength: 14 }),
    })
    .map(({ absoluteTimeout, secrets, offset, steps }) => {
      const policy = { ...world, absoluteTimeout };
      const first =
        secrets === 0
          ? createRing(policy, START + offset)
          : importRing(Array.from({ length: secrets }, newSecret).join("\n"), policy, START + offset);
      return play(world, first, steps);
    }),
);

function newSecret(): string {
  return formatSecret(crypto.getRandomValues(new Uint8Array(32)));
}

/** What is refused leaves the ring as it was; anything but a refusal is a defect. */
function play(bounds: Bounds, first: Change, steps: readonly Step[]): Story {
  const history: Version[] = [{ document: first.document, at: START }];
  const [done, refused]: [string[], string[]] = [[first.verb], []];
  let at = START;
  let { document } = first;
  for (const { moment, offset, command } of steps) {
    at = Math.max(at, momentOf(moment, document, at, offset));
    const before = JSON.stringify(document);
    const change = attempt(command, document, at + offset);
    if (JSON.stringify(document) !== before) throw new Error(`${command.verb} changed the ring that it was given`);
    if (!change) {
      refused.push(command.verb);
      continue;
    }
    ({ document } = change);
    done.push(command.verb);
    const emergency = command.verb === "emergency" ? change.keys.at(-1) : undefined;
    history.push({ document, at, ...(emergency !== undefined && { emergency }) });
  }
  return { bounds, history, done, refused };
}

function momentOf(moment: Moment, ring: RingDocument, at: number, offset: number): number {
  if ("wait" in moment) return at + moment.wait;
  const key = ring.keys[moment.key % ring.keys.length];
  return (key?.[moment.date] ?? at) - offset + moment.around;
}

function attempt({ apply }: Command, ring: RingDocument, now: number): Change | undefined {
  try {
    return apply(ring, now);
  } catch (error) {
    if (error instanceof KeyringProblem) return undefined;
    throw error;
  }
}
