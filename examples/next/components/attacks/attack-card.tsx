"use client";

import { useActionState } from "react";
import { tryAttack } from "../../app/actions/attack";
import type { Attack } from "../../lib/attacks";
import { AnsweredRequest, verdictOf } from "./answer";

const WORDS = {
  held: "Refused: the attack came to nothing.",
  broken: "It was let in. That is a bug: please report it.",
} as const;

interface Props {
  readonly attack: Attack;
  /** Whether there is a session to attack. */
  readonly ready: boolean;
}

export function AttackCard({ attack: { id, title, what, elsewhere, button, choices }, ready }: Props) {
  const [exchanges, attack, running] = useActionState(tryAttack, []);
  const verdict = verdictOf(exchanges);
  return (
    <section className="card stack" aria-labelledby={id} data-testid={id}>
      <h2 id={id}>{title}</h2>
      <p>{what}</p>
      <form action={attack} className="stack">
        <input type="hidden" name="attack" value={id} />
        {choices && <Choices of={choices} />}
        <div className="try">
          <button className="primary" disabled={!ready}>
            {running ? "Trying…" : button}
          </button>
          {!ready && <span className="hint">Sign in first.</span>}
        </div>
      </form>
      {/* Always there: screen readers announce what changes in a region that they know. */}
      <p role="status" className={verdict && `verdict ${verdict}`}>
        {verdict && WORDS[verdict]}
      </p>
      {exchanges.length > 0 && (
        <ol className="exchanges">
          {exchanges.map((exchange) => (
            <AnsweredRequest key={exchange.what} exchange={exchange} />
          ))}
        </ol>
      )}
      <p className="hint">
        <strong>Elsewhere:</strong> {elsewhere}
      </p>
    </section>
  );
}

function Choices({ of: choices }: { readonly of: readonly string[] }) {
  return (
    <fieldset>
      <legend>In which part?</legend>
      {choices.map((choice, index) => (
        <label key={choice} className="check">
          <input type="radio" name="choice" value={choice} defaultChecked={index === choices.length - 1} /> {choice}
        </label>
      ))}
    </fieldset>
  );
}
