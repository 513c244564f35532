"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Status } from "../../lib/status";
import { KeyRing } from "./key-ring";
import { RevocationList } from "./revocation-list";

const EVERY = 1_000;

interface Props {
  /** Of when the page was made. */
  readonly initial: Status;
  readonly keyActions: ReactNode;
  /** What stands beside the list. */
  readonly children: ReactNode;
}

/**
 * Keys and list, of now. What moves by itself can be stopped, and does not start for those who asked their system for
 * less motion. Screen readers are told when a key's state changes, not what happens every second.
 */
export function LiveStatus({ initial, keyActions, children }: Props) {
  const [polled, setPolled] = useState<Status>();
  // Unknown until the browser runs: without JavaScript there is nothing to stop.
  const [running, setRunning] = useState<boolean>();
  const [failed, setFailed] = useState(false);
  const status = polled && polled.now > initial.now ? polled : initial;

  useEffect(() => setRunning(!matchMedia("(prefers-reduced-motion: reduce)").matches), []);

  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => void (document.hidden || look()), EVERY);
    return () => clearInterval(timer);
  }, [running]);

  const look = async (): Promise<void> => {
    try {
      const answer = (await ask("/api/status")) as Status;
      // Answers may overtake each other.
      setPolled((last) => (last && last.now > answer.now ? last : answer));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  const sendRequest = (): void => {
    void ask("/api/session").then(look, () => setFailed(true));
  };

  return (
    <>
      <div className="live">
        {running !== undefined && (
          <button type="button" onClick={() => setRunning(!running)}>
            {running ? "Pause updates" : "Update every second"}
          </button>
        )}
        <p role="status">{useNews(status)}</p>
        {failed && <p className="hint">The server does not answer. What is shown is older.</p>}
      </div>
      <KeyRing status={status}>{keyActions}</KeyRing>
      <div className="columns">
        <RevocationList status={status}>
          {running !== undefined && (
            <div>
              <button type="button" onClick={sendRequest}>
                Send a request with my session
              </button>
            </div>
          )}
        </RevocationList>
        <div className="stack">{children}</div>
      </div>
    </>
  );
}

async function ask(path: string): Promise<unknown> {
  return (await fetch(path)).json();
}

/** The last change of a key's state while the page is open. */
function useNews({ keys }: Status): string {
  const before = useRef<ReadonlyMap<string, string>>(undefined);
  const [news, setNews] = useState("");
  useEffect(() => {
    const known = before.current;
    const changed = keys.filter(({ id, state }) => known && known.get(id) !== state);
    before.current = new Map(keys.map(({ id, state }) => [id, state]));
    if (changed.length > 0) setNews(changed.map(({ id, state }) => `Key ${id} is ${state} now.`).join(" "));
  }, [keys]);
  return news;
}
