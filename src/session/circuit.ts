import { steadyClock } from "../clock.js";
import { isPromise, type MaybePromise } from "../maybe-promise.js";

/** In parts of the time limit: a refusal that comes sooner costs a request nothing worth sparing. */
const SLOW = 0.1;
/** The pauses between two attempts while nothing answers, from the first to the longest, in parts of the limit. */
const FIRST_PAUSE = 0.1;
const LONGEST_PAUSE = 1;

/** Asks something that may not answer, so that a dead one costs every request at most one time limit, and few of them that. */
export interface Circuit {
  /**
   * Asks, within the time limit. While it is known that nothing answers, a question fails at once with the last error;
   * one now and then is let through to find out.
   *
   * @param insist asks also then: for what must not be left untried
   */
  ask<T>(question: () => MaybePromise<T>, insist?: boolean): MaybePromise<T>;
}

interface Outage {
  readonly error: unknown;
  /** Its last failure, by the monotonic clock. */
  readonly failedAt: number;
  readonly pause: number;
  /** When the next question may be asked, by the monotonic clock. */
  retryAt: number;
}

/** @param limit how long an answer may take, in ms */
export function openCircuit(limit: number): Circuit {
  let outage: Outage | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const waiting = new Set<(error: unknown) => void>();

  const answered = (): void => {
    answeredAt = steadyClock();
    outage = undefined;
  };
  const failed = (askedAt: number, error: unknown): void => {
    const now = steadyClock();
    // Another answer came meanwhile: it is not dead, this one question had bad luck.
    if (answeredAt >= askedAt || now - askedAt < SLOW * limit) return;
    // It failed together with the one that found out.
    if (outage && askedAt < outage.failedAt) return;
    const pause = Math.min(outage ? outage.pause * 2 : FIRST_PAUSE * limit, LONGEST_PAUSE * limit);
    outage = { error, failedAt: now, pause, retryAt: now + pause };
    for (const fail of waiting) fail(error);
  };

  return {
    ask(question, insist = false) {
      const askedAt = steadyClock();
      if (outage && !insist) {
        if (askedAt < outage.retryAt) return Promise.reject(outage.error);
        // This one finds out; the others need not wait for it.
        outage.retryAt = askedAt + limit;
      }
      try {
        const answer = question();
        if (!isPromise(answer)) {
          // From a copy in this process: it says nothing of whether the store answers others.
          outage = undefined;
          return answer;
        }
        return bounded(answer, limit, insist ? undefined : waiting).then(
          (value) => {
            answered();
            return value;
          },
          (error: unknown) => {
            failed(askedAt, error);
            throw error;
          },
        );
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/**
 * Rejects when the promise takes longer than `ms`, or when one of the others has found out that it will. The timer keeps
 * the process alive until then: a script that waits for an answer must not end without a word.
 */
function bounded<T>(promise: Promise<T>, ms: number, waiting?: Set<(error: unknown) => void>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    waiting?.add(reject);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      waiting?.delete(reject);
    });
  });
}
