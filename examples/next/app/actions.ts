"use server";
import { redirect } from "next/navigation";
import { getSession } from "../lib/session";
export async function signIn(form: FormData) { const s = await getSession(); s.flash("notice", "Welcome"); await s.login(String(form.get("user"))); await s.save(); redirect("/"); }
export async function add(form: FormData) { const s = await getSession(); s.data.cart.push(String(form.get("item"))); await s.save(); }
export async function signOut() { const s = await getSession(); await s.destroy(); s.flash("notice","Bye"); await s.save(); redirect("/other"); }
