"use server";

import { randomBytes } from "node:crypto";
import { redirect } from "next/navigation";
import { getSession } from "../../lib/session";

/** 9,000 characters, near the most that a session's cookies hold. */
export async function putBallast(): Promise<void> {
  await setBallast(randomBytes(6_750).toString("base64"));
}

export async function takeBallast(): Promise<void> {
  await setBallast("");
}

async function setBallast(ballast: string): Promise<void> {
  const session = await getSession();
  if (session.subject === undefined) redirect("/");
  session.data.ballast = ballast;
  await session.save();
  redirect("/account");
}
