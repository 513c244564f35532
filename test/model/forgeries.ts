import assert from "node:assert/strict";
import type { TokenFacts } from "./facts.js";
import { flipped, strangeSeen } from "./hostile.js";
import { chunkNames, type Deployment, type Model } from "./model.js";
import { checkOpening } from "./opening.js";
import type { World } from "./world.js";

/** What an attacker would try, tried after every command; the step's number says which variant. */
export async function checkForgeries(model: Model, world: World): Promise<void> {
  const { steps } = world;
  await checkForeign(model, world);
  const token = model.tokens.at(-1 - (steps % 3)) ?? model.tokens.at(-1);
  if (!token) return;
  await checkMangled(model, world, token);
  const seen = model.seens.at(-1 - (steps % 2)) ?? model.seens.at(-1);
  if (seen)
    await checkLatest(
      model,
      world,
      `${cookiesOf(model, token, token.parts)}; ${strangeSeen(model.names.seen, seen.text, steps)}`,
    );
}

/** I1: a token of another cookie name or purpose is no session. */
async function checkForeign(model: Model, world: World): Promise<void> {
  const foreign = world.foreign[world.steps % world.foreign.length];
  const { live } = await checkLatest(model, world, `${model.names.guest}=${foreign}`);
  assert.equal(live, undefined, "I1: a token of something else opened");
}

/** I1: with another character anywhere, a cookie of ours opens nothing; and a forger is not told about keys. */
async function checkMangled(model: Model, world: World, token: TokenFacts): Promise<void> {
  const row = world.steps % token.parts.length;
  const parts = token.parts.map((part, index) =>
    index === row ? flipped(part, world.steps * 7_919, world.steps) : part,
  );
  const { live, visit } = await checkLatest(model, world, cookiesOf(model, token, parts));
  assert.equal(live, undefined, "I1: a mangled cookie opened");
  const { rejection = "nothing" } = visit.session;
  assert.ok(["malformed", "tampered", "unknown_key"].includes(rejection), `I1: a forgery was refused as ${rejection}`);
}

function checkLatest(model: Model, world: World, header: string): ReturnType<typeof checkOpening> {
  return checkOpening(model, world, model.deployments.at(-1) as Deployment, header);
}

function cookiesOf({ names }: Model, { kind }: TokenFacts, parts: readonly string[]): string {
  const under = parts.length === 1 ? [names[kind]] : chunkNames(names[kind]);
  return parts.map((part, index) => `${under[index]}=${part}`).join("; ");
}
