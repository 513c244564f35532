import Link from "next/link";
import { getSession } from "../lib/session";
import { add, signIn, signOut } from "./actions";
export default async function Page() {
  const s = await getSession();
  let err = ""; try { s.data.cart.push("x"); } catch (e) { err = String(e); }
  return <main><p id="who">{s.subject ?? "guest"}</p><p id="cart">{s.data.cart.join(",")}</p><p id="flash">{s.flash<string>("notice") ?? "none"}</p><p>{err}</p><pre>{JSON.stringify(s.info())}</pre>
  <form action={signIn}><input name="user" defaultValue="ann"/><button id="in">in</button></form>
  <form action={add}><input name="item" defaultValue="tea"/><button id="add">add</button></form>
  <form action={signOut}><button id="out">out</button></form><Link href="/other" prefetch={false}>other</Link></main>;
}
