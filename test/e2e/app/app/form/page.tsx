import { notFound, redirect } from "next/navigation";
import { getSession } from "../../lib/session";
import { count } from "../../lib/tally";

async function note(text: string): Promise<void> {
  const session = count(await getSession());
  session.data.notes.push(text);
  await session.save();
}

async function andRedirect(): Promise<void> {
  "use server";
  await note("action, redirect");
  redirect("/shared");
}

async function andFindNothing(): Promise<void> {
  "use server";
  await note("action, notFound");
  notFound();
}

async function andStay(): Promise<void> {
  "use server";
  await note("action, stay");
}

export default async function FormPage() {
  const session = await getSession();
  return (
    <>
      <form id="redirect" action={andRedirect} />
      <form id="missing" action={andFindNothing} />
      <form id="stay" action={andStay} />
      <p id="notes">{session.data.notes.join(",")}</p>
    </>
  );
}
