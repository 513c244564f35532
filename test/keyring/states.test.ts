import { expect, test } from "vitest";
import { createKeyring, createSealer, createSessionManager, KeyringError, type KeyState } from "sealed-session";
import { refusal } from "../properties/arbitraries.js";
import { fixedClock, SECRET, visit } from "../support/sessions.js";

const DAY = 86_400_000;
const T = Date.UTC(2026, 0, 1);
const SECRETS = [
  "Vd3xq8Lm0sTz5Rk1Yw7Jb2Hn9Gc4Pf6Q",
  "b7Wm2Xk9Qd4Tz1Lr8Vn5Hs3Jy6Gc0PfE",
  "Zp4Rt8Ky1Mw6Vd2Xs9Lb5Qh7Jn3GcFe0",
] as const;
const policy = { propagation: "1h", absoluteTimeout: "1d", skew: "5m" } as const;
/** How long after its successor's activation a key has to open. */
const NEEDED = DAY + 3_600_000 + 300_000;

const [a, b, c] = SECRETS;
const first = { id: "first", secret: a, activateAt: T };
const second = { id: "second", secret: b, activateAt: T + 10 * DAY };

async function statesAt(keyring: ReturnType<typeof createKeyring>, now: number): Promise<Record<string, KeyState>> {
  const sessions = createSessionManager({
    name: `states-${now}-${process.pid}`,
    keyring,
    clock: () => now,
    idleTimeout: "30m",
    absoluteTimeout: "1d",
  });
  return Object.fromEntries((await sessions.keys()).map(({ id, state }) => [id, state]));
}

test("a key's state follows from its times: pending, active, retiring, retired", async () => {
  const retireAt = second.activateAt + NEEDED;
  const keyring = createKeyring({ keys: [{ ...first, retireAt }, second], policy });
  const timeline: [number, KeyState, KeyState][] = [
    [T - DAY, "active", "pending"], // A clock that is behind: the ring still seals.
    [T, "active", "pending"],
    [second.activateAt - 1, "active", "pending"],
    [second.activateAt, "retiring", "active"],
    [retireAt - 1, "retiring", "active"],
    [retireAt, "retired", "active"],
  ];
  for (const [now, firstState, secondState] of timeline) {
    expect([now, await statesAt(keyring, now)]).toEqual([now, { first: firstState, second: secondState }]);
  }
});

test("revoked and destroyed win over every time", async () => {
  const gone = { id: "gone", createdAt: T, activateAt: T + DAY };
  const keyring = createKeyring({
    keys: [{ ...first, revokedAt: T + 20 * DAY, reason: "leaked" }, gone, { ...second, activateAt: T + 2 * DAY }],
    policy,
  });
  // Revoked means now, even where a clock has not reached the instant that the revocation is dated.
  for (const now of [T, T + 30 * DAY])
    expect(await statesAt(keyring, now)).toEqual({ first: "revoked", gone: "destroyed", second: "active" });
});

test("a token says why its key no longer opens it", async () => {
  const clock = fixedClock(T);
  const sealer = (keys: Parameters<typeof createKeyring>[0]) =>
    createSealer({ keyring: createKeyring(keys), purpose: "a", clock: clock.now });
  const token = await sealer({ keys: [first], policy }).seal("x", { ttl: "1d" });
  const long = await createSealer({ keyring: createKeyring({ keys: [first] }), purpose: "a", clock: clock.now }).seal(
    "x",
    { ttl: "30d" },
  );
  const successor = { ...second, activateAt: T };
  const retireAt = T + NEEDED;
  expect(await sealer({ keys: [{ ...first, activateAt: T - 1, retireAt }, successor], policy }).open(token)).toBe("x");
  expect(await refusal(sealer({ keys: [{ ...first, revokedAt: T }, successor], policy }).open(token))).toBe(
    "key_revoked",
  );
  expect(await refusal(sealer({ keys: [{ id: "first", activateAt: T }, successor], policy }).open(token))).toBe(
    "unknown_key",
  );
  expect(await refusal(sealer({ keys: [successor], policy }).open(token))).toBe("unknown_key");
  expect(await refusal(sealer({ keys: [{ ...successor, id: "first" }], policy }).open(token))).toBe("tampered");
  clock.advance(NEEDED);
  expect(
    await refusal(sealer({ keys: [{ ...first, activateAt: T - 1, retireAt }, successor], policy }).open(long)),
  ).toBe("key_retired");
});

test("a forged token does not learn that its key was revoked or retired", async () => {
  const keyring = createKeyring({ keys: [{ ...first, revokedAt: T }, second], policy });
  const token = await createSealer({ keyring: createKeyring({ keys: [first] }), purpose: "a" }).seal("x", {
    ttl: "1d",
  });
  const sealer = createSealer({ keyring, purpose: "a" });
  expect(await refusal(sealer.open(token))).toBe("key_revoked");
  expect(await refusal(sealer.open(`${token.slice(0, -43)}${"A".repeat(43)}`))).toBe("tampered");
});

test("retireAt before the last cookie can be dead is refused, with the earliest time", () => {
  const earliest = second.activateAt + NEEDED;
  expect(() => createKeyring({ keys: [{ ...first, retireAt: earliest }, second], policy })).not.toThrow();
  expect(() => createKeyring({ keys: [{ ...first, retireAt: earliest - 1 }, second], policy })).toThrow(
    `Key first may not retire at ${new Date(earliest - 1).toISOString()}: not before ${new Date(earliest).toISOString()}: 1505m after its successor activates. A compromised key is revoked instead (revokedAt)`,
  );
  expect(() => createKeyring({ keys: [{ ...first, retireAt: earliest * 2 }], policy })).toThrow(
    "it has no successor, so nothing could seal",
  );
});

test("regression: revoking the successor of a key that retires does not make the ring invalid", async () => {
  const retireAt = second.activateAt + NEEDED;
  const revokedAt = second.activateAt + 5 * DAY;
  const third = { id: "third", secret: c, activateAt: revokedAt };
  const keyring = createKeyring({ keys: [{ ...first, retireAt }, { ...second, revokedAt }, third], policy });
  expect(await statesAt(keyring, revokedAt)).toEqual({ first: "retired", second: "revoked", third: "active" });
  // One that was revoked before it could take over has retired nobody.
  const neverActive = { ...second, revokedAt: second.activateAt - 1 };
  expect(() => createKeyring({ keys: [{ ...first, retireAt }, neverActive], policy })).toThrow("it has no successor");
});

test("ids, times and secrets that cannot be right are refused", () => {
  const ring =
    (...keys: object[]) =>
    () =>
      createKeyring({ keys: keys as never });
  for (const id of ["", "a b", "a-b", "é", "k".repeat(33), undefined, 1])
    expect(ring({ ...first, id })).toThrow(/id is not valid: 1 to 32 letters/);
  for (const name of ["activateAt", "createdAt", "retireAt", "revokedAt"]) {
    for (const time of [1.5, Number.NaN, "1", Number.POSITIVE_INFINITY]) {
      expect(ring({ ...first, createdAt: 1, [name]: time })).toThrow(`Key first: ${name} must be whole milliseconds`);
    }
  }
  expect(ring(first, { ...second, id: "first" })).toThrow("Key id first is there twice");
  expect(ring(first, { ...second, secret: first.secret })).toThrow("The same secret is in the key ring twice");
  expect(ring({ ...first, revokedAt: 1 })).toThrow("No key of the ring may seal");
  expect(ring({ id: "first", activateAt: 1 })).toThrow("No key of the ring may seal");
  expect(ring()).toThrow("No key of the ring may seal");
  for (const input of [undefined, null, "", []] as never[])
    expect(() => createKeyring(input)).toThrow(/openssl rand -base64 32/);
  for (const input of [{}, { keys: "x" }] as never[]) expect(() => createKeyring(input)).toThrow(KeyringError);
});

test("a manager whose sessions would outlive the ring's policy is refused", async () => {
  const keyring = createKeyring({ keys: [first], policy });
  const manager = (absoluteTimeout: "1d" | "2d") =>
    createSessionManager({ name: `policy-${process.pid}`, keyring, absoluteTimeout });
  await expect(manager("2d").ready()).rejects.toThrow(
    "absoluteTimeout: 2d is longer than the key ring's policy allows (1d)",
  );
  await expect(manager("1d").ready()).resolves.toBeUndefined();
});

test("a ring shows no secret, neither printed nor as JSON nor by its keys", async () => {
  const keyring = createKeyring({ keys: [first, second], policy });
  const shown = [
    JSON.stringify(keyring),
    JSON.stringify({ ...keyring }),
    Object.values(keyring).join(),
    Object.keys(keyring).join(),
  ].join();
  expect(shown).not.toContain("secret");
  const { inspect } = await import("node:util");
  expect(inspect(keyring, { depth: 9, showHidden: false })).not.toMatch(/entries|Uint8Array/);
  const sessions = createSessionManager({ name: `shown-${process.pid}`, keyring });
  expect(Object.keys((await sessions.keys())[0] ?? {})).not.toContain("secret");
});

test("swapping a bare list in two deployments logs nobody out: append, then promote", async () => {
  const name = `swap-${process.pid}`;
  const clock = fixedClock();
  const server = (keyring: string | string[]) =>
    createSessionManager<{ n: number }>({ name, keyring, clock: clock.now });
  const seal = async (sessions: ReturnType<typeof server>): Promise<string> => {
    const { session, setCookies } = await visit(sessions, "");
    session.data.n = 1;
    await session.save();
    return setCookies()[0]?.split("; ")[0] ?? "";
  };
  // Each pair of neighbours runs at the same time while a deployment rolls out.
  const deployments = [SECRET, [SECRET, a], [a, SECRET], [a]];
  for (const [step, keyring] of deployments.entries()) {
    for (const other of [deployments[step - 1], deployments[step + 1]]) {
      if (other === undefined) continue;
      const cookie = await seal(server(other));
      const { session } = await visit(server(keyring), cookie);
      // The last step takes the old key away: by then what the step before it sealed is all there is.
      expect([step, session.isNew, session.rejection]).toEqual([step, false, undefined]);
    }
  }
  const { session } = await visit(server([a]), await seal(server([SECRET, a])));
  expect(session.rejection).toBe("unknown_key");
});
