import { notFound, redirect } from "next/navigation";
import { withSession } from "../../../lib/session";
export const GET = withSession(async (_request, session) => Response.json({ subject: session.subject ?? null, cart: session.data.cart, info: session.info(), rejection: session.rejection ?? null }));
export const POST = withSession(async (request, session) => { const b = await request.json(); session.data.cart.push(b.item); if (b.then === "redirect") redirect("/other"); if (b.then === "notFound") notFound(); return Response.json({ ok: true }); });
