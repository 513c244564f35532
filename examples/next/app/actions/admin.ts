"use server";

import { redirect } from "next/navigation";
import { textOf } from "../../lib/form";
import { sessions } from "../../lib/session";

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
