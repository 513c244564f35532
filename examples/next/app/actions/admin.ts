"use server";

import { redirect } from "next/navigation";
import { textOf } from "../../lib/form";
import { rotateRing } from "../../lib/rotation";
import { getSession, sessions } from "../../lib/session";

/** Administrators need no session of the user's: the same calls serve a webhook or a job. */
export async function signUserOut(form: FormData): Promise<void> {
  const subject = textOf(form, "subject");
  if (subject !== "" && subject.length <= 40) await sessions.revokeSubject(subject, { note: "the admin page" });
  redirect("/admin");
}

export async function signEveryoneOut(): Promise<void> {
  await sessions.revokeAll({ note: "the admin page" });
  redirect("/admin");
}

/** Nobody is signed out: what the old key sealed opens for as long as any of it is alive. */
export async function rotateKeys(): Promise<void> {
  const { words } = await rotateRing();
  await back(words);
}

/** Everybody is signed out: what a leaked key sealed is refused, and nothing tells a thief's cookie from a visitor's. */
export async function replaceLeakedKeys(): Promise<void> {
  const { done, words } = await rotateRing("--emergency", "--yes", "--reason", "the admin page");
  await back(done ? "Every key is revoked, and a new one seals. Whoever was signed in is not any more." : words);
}

async function back(message: string): Promise<never> {
  const session = await getSession();
  session.flash("notice", message);
  await session.save();
  redirect("/admin");
}
