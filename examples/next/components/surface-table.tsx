"use client";

import { useActionState, useEffect, useState } from "react";
import type { Sighting } from "../lib/sighting";

interface Props {
  /** What the server component saw. */
  readonly component: Sighting;
  /** The server action. */
  readonly look: () => Promise<Sighting>;
}

type Answers = Readonly<Record<"route" | "pages" | "proxy", Sighting>>;

export function SurfaceTable({ component, look }: Props) {
  const [action, ask, asking] = useActionState<Sighting | null>(look, null);
  const [answers, setAnswers] = useState<Answers>();

  useEffect(() => {
    let current = true;
    const show = (fetched: Answers): void => (current ? setAnswers(fetched) : undefined);
    fetchAnswers().then(show, () => undefined);
    return () => {
      current = false;
    };
    // Asked again when the page was.
  }, [component]);

  return (
    <div className="card scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Surface</th>
            <th scope="col">Signed in as</th>
            <th scope="col">Session</th>
            <th scope="col">Cipher</th>
          </tr>
        </thead>
        <tbody>
          <Row name="Server component" seen={component} />
          <Row name="Server action" seen={action ?? undefined}>
            <form action={ask}>
              <button disabled={asking}>Run the action</button>
            </form>
          </Row>
          <Row name="Route handler" seen={answers?.route} />
          <Row name="Pages API" seen={answers?.pages} />
          <Row name="Proxy" seen={answers?.proxy} />
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly seen: Sighting | undefined;
  /** What stands there until it has seen something. */
  readonly children?: React.ReactNode;
}

function Row({ name, seen, children = <span className="hint">…</span> }: RowProps) {
  return (
    <tr data-testid={name}>
      <th scope="row">{name}</th>
      {seen ? (
        <>
          <td>{seen.subject ?? "nobody"}</td>
          <td>{seen.session ? <code>{seen.session}</code> : (seen.rejection ?? "none")}</td>
          <td>
            <code>{seen.cipher}</code>
          </td>
        </>
      ) : (
        <td colSpan={3}>{children}</td>
      )}
    </tr>
  );
}

/** The proxy tells what it saw in a header of every response. */
async function fetchAnswers(): Promise<Answers> {
  const [route, pages] = await Promise.all([fetch("/api/session"), fetch("/api/me")]);
  return {
    route: (await route.json()) as Sighting,
    pages: (await pages.json()) as Sighting,
    proxy: JSON.parse(route.headers.get("x-demo-proxy") ?? "null") as Sighting,
  };
}
