import type { RejectionReason } from "../errors.js";

/** What every event carries. Session ids are masked: events are made to be logged. */
export interface SessionEvent {
  readonly name: string;
  /** ms since the Unix epoch. */
  readonly at: number;
  /** The masked session id; not there where no cookie could be opened. */
  readonly session?: string;
  readonly subject?: string;
}

/** What can be listened to with the manager's option `on`. */
export interface SessionEvents {
  /** A session's first save, or a login. */
  created: SessionEvent;
  /** Its data was written. */
  updated: SessionEvent;
  /** Its idle deadline was moved. */
  renewed: SessionEvent;
  /** It got a new id; `replaced` is the masked old one. */
  regenerated: SessionEvent & { readonly replaced: string };
  destroyed: SessionEvent;
  /** A cookie, or a session while its request ran, was not accepted. */
  rejected: SessionEvent & { readonly reason: RejectionReason };
  /** A session, a subject or everything was revoked. */
  revoked: SessionEvent & { readonly scope: "session" | "subject" | "all"; readonly note?: string };
  /** The revocation store did not answer, and the session was accepted because `onRevocationOutage` says so. */
  unchecked: SessionEvent & { readonly error: unknown };
  /**
   * This process added more than `growthAlarm` entries to the revocation list within a minute: told once for that
   * minute. Somebody may be making and ending sessions in a loop: limit the rate of sign-ins and first saves.
   */
  growing: SessionEvent & { readonly entries: number; readonly ms: number };
}

/** Handlers by event. What one throws, or its promise rejects with, never reaches the request. */
export type SessionEventHandlers = {
  readonly [Name in keyof SessionEvents]?: (
    event: SessionEvents[Name] & { readonly type: Name },
  ) => void | Promise<void>;
};

export type Emit = <Name extends keyof SessionEvents>(
  type: Name,
  event: Omit<SessionEvents[Name], "name" | "at">,
) => void;

/** Makes the function that calls the handlers. */
export function emitter(handlers: SessionEventHandlers, name: string, clock: () => number): Emit {
  return (type, event) => {
    const handler = handlers[type] as ((event: object) => void | Promise<void>) | undefined;
    if (!handler) return;
    try {
      Promise.resolve(handler({ type, name, at: clock(), ...event })).catch(() => undefined);
    } catch {
      // A broken log must not sign anyone out.
    }
  };
}
