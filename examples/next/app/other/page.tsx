import Link from "next/link";
import { getSession } from "../../lib/session";
export default async function Page() { const s = await getSession(); return <main><p id="who">{s.subject ?? "guest"}</p><p id="flash">{s.flash<string>("notice") ?? "none"}</p><Link href="/" prefetch={false}>home</Link></main>; }
