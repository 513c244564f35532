"use server";

import { redirect } from "next/navigation";
import { destroySession, getSession, sessions } from "../lib/session";
import { checkPassword } from "../lib/users";

export async function signIn(form: FormData) {
  const user = await checkPassword(form.get("username"), form.get("password"));
  if (!user) redirect("/?wrong");
  const session = await getSession();
  await session.login(user.id); // a new session id
  redirect("/");
}

export async function signOut() {
  await destroySession(); // copies of the cookie are refused from now on
  redirect("/");
}

export async function signOutEverywhere() {
  const { subject } = await getSession();
  if (subject !== undefined) await sessions.revokeSubject(subject);
  await destroySession();
  redirect("/");
}
