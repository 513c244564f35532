"use server";

import { redirect } from "next/navigation";
import { textOf } from "../../lib/form";
import { returnPage } from "../../lib/return-page";
import { getSession, sessions } from "../../lib/session";

/** There is no password: this shop is about what happens after a sign-in. */
export async function signIn(form: FormData): Promise<void> {
  const name = textOf(form, "name").trim();
  const session = await getSession();
  if (name === "" || name.length > 40) {
    session.flash("notice", "Please give a name of at most 40 characters.");
  } else {
    await session.login(name, {
      remember: form.has("remember"),
      ...(form.has("short") && { idleTimeout: "20s" }),
    });
    const advice = form.has("short") ? " The session page counts down to your sign-out." : "";
    session.flash("notice", `Welcome, ${name}.${advice}`);
  }
  await session.save();
  // Every action ends in a redirect: a message is for the next request, and a reload sends no form again.
  redirect(returnPage(textOf(form, "from")));
}

export async function signOut(): Promise<void> {
  const session = await getSession();
  await session.destroy();
  session.flash("notice", "You are signed out.");
  await session.save();
  redirect("/");
}

export async function signOutElsewhere(): Promise<void> {
  const session = await getSession();
  if (session.subject === undefined) redirect("/");
  await session.revokeOthers();
  session.flash("notice", "You are signed out everywhere else. This session goes on under a new id.");
  await session.save();
  redirect("/account");
}

/** One of the user's own devices. Signing out the one that asks is an ordinary sign-out. */
export async function signOutDevice(form: FormData): Promise<void> {
  const session = await getSession();
  const { subject } = session;
  if (subject === undefined) redirect("/");
  const device = await sessions.directory.get(textOf(form, "id"));
  if (device?.session === session.maskedId) return signOut();
  // The id comes from a form: without the subject, whoever knows one could end a stranger's session.
  const ended = device !== undefined && (await sessions.directory.end(device.id, { subject, note: "the device list" }));
  session.flash("notice", ended ? "That device is signed out." : "That device was signed out already.");
  await session.save();
  redirect("/account");
}
