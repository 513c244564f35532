import assert from "node:assert/strict";
import type { Session } from "sealed-session";
import type { Live } from "./facts.js";
import type { Deployment, Model } from "./model.js";
import type { Data } from "./request-model.js";
import { tally } from "./tally.js";
import { MAX_HEADER_CHARS, readHeader, verdicts } from "./verdict.js";
import type { Visit, World } from "./world.js";

/** I1 to I7, as far as opening shows them: exactly what must be accepted is, with its data; and nothing is written. */
export async function checkOpening(
  model: Model,
  world: World,
  deployment: Deployment,
  header: string,
): Promise<{ readonly visit: Visit; readonly live: Live | undefined }> {
  const cookies = readHeader(header, model.names);
  const expected = verdicts(model, deployment, cookies);
  world.rejections = 0;
  const visit = await world.open(deployment.number, header);
  const { session, headers } = visit;
  const live = matching(expected, session);
  const brought = header.length > MAX_HEADER_CHARS || cookies.has(model.names.user) || cookies.has(model.names.guest);
  const refused = live === undefined && brought;
  if (refused) assert.ok(session.rejection !== undefined && world.rejections > 0, "I7: a refused cookie is told of");
  tally(live ? `${live.token.kind} accepted` : `refused: ${session.rejection ?? "nothing there"}`);
  if (live?.token.kind === "user") assert.equal(session.rejection, undefined, "an accepted sign-in has no rejection");
  assert.deepEqual(headers.getSetCookie(), [], "I6: opening sets no cookie");
  assert.equal(headers.get("Cache-Control"), "private, no-store", "what read a session is not cached");
  return { visit, live };
}

function matching(expected: readonly (Live | undefined)[], session: Session<Data>): Live | undefined {
  const actual = describe(session);
  for (const live of expected) {
    try {
      assert.deepEqual(actual, descriptionOf(live));
      return live;
    } catch {
      // Another of the answers may be the one.
    }
  }
  assert.deepEqual(actual, descriptionOf(expected[0]), "I1 to I5: a cookie opens exactly when it must, with its data");
  throw new Error("no answer was expected at all");
}

interface Description {
  readonly id: string | undefined;
  readonly subject: string | undefined;
  readonly issuedAt: number | undefined;
  readonly lastSeenAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly keyId: string | undefined;
  readonly lineage: readonly string[];
  readonly data: unknown;
}

export function describe(session: Session<Data>): Description {
  const { keyId, lineage } = session.info();
  const [issuedAt, lastSeenAt, expiresAt] = [session.issuedAt, session.lastSeenAt, session.expiresAt].map((date) =>
    date?.getTime(),
  );
  const id = session.isNew ? undefined : session.id;
  return {
    id,
    subject: session.subject,
    issuedAt,
    lastSeenAt,
    expiresAt,
    keyId,
    lineage: [...lineage].sort(),
    data: session.data,
  };
}

export function descriptionOf(
  live: Live | undefined,
  data: unknown = live ? JSON.parse(live.token.data) : {},
): Description {
  return {
    id: live?.token.session.sid,
    subject: live?.token.session.subject,
    issuedAt: live?.token.session.issuedAt,
    lastSeenAt: live?.renewedAt,
    expiresAt: live?.idle,
    keyId: live?.token.sealedBy,
    lineage: [...(live?.token.lineage ?? [])].sort(),
    data,
  };
}
