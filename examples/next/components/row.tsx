import type { ReactNode } from "react";

/** A term and what is to be said of it, in a `<dl>`. */
export function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="row">
      <dt>{name}</dt>
      <dd data-testid={name}>{children}</dd>
    </div>
  );
}
