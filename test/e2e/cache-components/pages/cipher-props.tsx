import type { GetServerSideProps } from "next";
import { cipherOf } from "../lib/cipher";
import { getSession } from "../lib/session";

interface Props {
  readonly cipher: string;
}

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, res }) => ({
  props: { cipher: cipherOf(await getSession(req, res)) },
});

export default function CipherPropsPage({ cipher }: Props) {
  return <p id="props">{cipher}</p>;
}
