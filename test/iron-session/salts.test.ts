import { expect, test } from "vitest";
import * as theirs from "iron-session";
import { sealData, unsealData } from "sealed-session/iron-session";
import { SECRET } from "../support/sessions.js";

/* Salts serve for more than one token here: each must open wherever iron-session's own would, and nowhere else. */

const password = SECRET;
const other = `${SECRET}-other`;
const saltsOf = (seal: string): string => [seal.split("*")[2], seal.split("*")[6]].join(" ");
const ivOf = (seal: string): string | undefined => seal.split("*")[3];

test("a pair of salts serves 256 seals of one password; each seal has its own initialization vector", async () => {
  const seals = [];
  for (let i = 0; i < 600; i++) seals.push(await sealData({ i }, { password }));
  const uses = new Map<string, number>();
  for (const seal of seals) uses.set(saltsOf(seal), (uses.get(saltsOf(seal)) ?? 0) + 1);
  expect(Math.max(...uses.values())).toBeLessThanOrEqual(256);
  expect(uses.size).toBeLessThanOrEqual(4);
  expect(new Set(seals.map(ivOf)).size).toBe(seals.length);
  const [encryption, mac] = [...uses.keys()].join(" ").split(" ");
  expect(encryption).not.toBe(mac);
  expect(saltsOf(await sealData({}, { password: other }))).not.toContain(encryption);
  for (const at of [0, 300, 599]) {
    expect(await theirs.unsealData(seals[at] ?? "", { password })).toEqual({ i: at });
    expect(await unsealData(seals[at] ?? "", { password })).toEqual({ i: at });
  }
});

test("seals at the same time share salts and keys without a race", async () => {
  const seals = await Promise.all(Array.from({ length: 300 }, async (_, i) => sealData({ i }, { password })));
  const opened = await Promise.all(seals.map(async (seal) => theirs.unsealData(seal, { password })));
  expect(opened).toEqual(seals.map((_, i) => ({ i })));
});

test("salts that are known do not open a seal for another password, nor one that mixes two seals", async () => {
  const [one, two] = [await sealData({ a: 1 }, { password }), await sealData({ a: 2 }, { password })];
  const foreign = await theirs.sealData({ a: 3 }, { password });
  for (const seal of [one, two, foreign]) {
    expect(await unsealData(seal, { password })).not.toEqual({});
    expect(await unsealData(seal, { password: other })).toEqual({});
    expect(await unsealData(seal, { password: { 1: other, 2: password } })).toEqual({});
  }
  const parts = foreign.split("*");
  for (const at of [2, 6]) {
    const mixed = parts.map((part, index) => (index === at ? one.split("*")[at] : part)).join("*");
    expect(await unsealData(mixed, { password })).toEqual({});
  }
  expect(await unsealData(foreign, { password })).toEqual({ a: 3 });
});
