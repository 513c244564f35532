/** What happened since it was last asked for. On `globalThis`, since Next.js may load this module several times. */
interface Tally {
  /** How often session data was parsed. */
  parsed: number;
  /** The session objects that a layout, a page and a component got. */
  readonly objects: Set<object>;
  /** How often one of them asked. */
  asked: number;
}

const shared = globalThis as { fixtureTally?: Tally };

export function tally(): Tally {
  return (shared.fixtureTally ??= { parsed: 0, objects: new Set(), asked: 0 });
}

export function count<T extends object>(session: T): T {
  tally().asked++;
  tally().objects.add(session);
  return session;
}

export function takeTally(): { readonly parsed: number; readonly objects: number; readonly asked: number } {
  const { parsed, objects, asked } = tally();
  delete shared.fixtureTally;
  return { parsed, objects: objects.size, asked };
}
