import { Suspense } from "react";
import { cipherOf } from "../../lib/cipher";
import { getSession } from "../../lib/session";

async function note(): Promise<void> {
  "use server";
  const session = await getSession();
  session.set("inAction", cipherOf(session));
  await session.save();
}

export default function CipherPage() {
  return (
    <>
      <form id="note" action={note} />
      <Suspense fallback={<p>a moment</p>}>
        <Ciphers />
      </Suspense>
    </>
  );
}

async function Ciphers() {
  const session = await getSession();
  return (
    <>
      <p id="component">{cipherOf(session)}</p>
      <p id="action">{String(session.get("inAction"))}</p>
    </>
  );
}
