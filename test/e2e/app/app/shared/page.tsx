import { getSession } from "../../lib/session";
import { count } from "../../lib/tally";

export default async function SharedPage() {
  const [first, second] = await Promise.all([getSession(), getSession()]);
  count(first);
  count(second);
  return <Notes />;
}

async function Notes() {
  const session = count(await getSession());
  return <p id="notes">{session.data.notes.join(",")}</p>;
}
