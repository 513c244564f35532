import { getSession } from "../../lib/adopting";

export default async function Adopted() {
  const { subject } = await getSession();
  return <p id="subject">{subject ?? "nobody"}</p>;
}
