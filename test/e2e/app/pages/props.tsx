import type { GetServerSideProps } from "next";
import { getSession } from "../lib/session";

interface Props {
  readonly notes: readonly string[];
}

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, res, query }) => {
  const session = await getSession(req, res);
  if (query.note !== undefined) {
    session.data.notes.push(`props, ${String(query.note)}`);
    await session.save();
  }
  if (query.note === "redirect") return { redirect: { destination: "/shared", permanent: false } };
  if (query.note === "missing") return { notFound: true };
  return { props: { notes: session.data.notes } };
};

export default function PropsPage({ notes }: Props) {
  return <p id="notes">{notes.join(",")}</p>;
}
