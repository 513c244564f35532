import { connection } from "next/server";
import { Suspense } from "react";
import { getSession } from "../../lib/session";

type Identity = Pick<Awaited<ReturnType<typeof getSession>>, "subject">;

/** What must fail: every visitor would be who came first. */
async function cached(): Promise<string> {
  "use cache";
  return nameOf(await getSession());
}

async function cachedDespiteErrors(): Promise<string> {
  "use cache";
  return nameOf(await getSession().catch(() => ({ subject: undefined })));
}

async function cachedFor(session: Identity): Promise<string> {
  "use cache";
  return nameOf(session);
}

async function cachedPrivately(): Promise<string> {
  "use cache: private";
  return nameOf(await getSession());
}

function nameOf({ subject }: Identity): string {
  return subject ?? "nobody";
}

const WAYS: Record<string, () => Promise<string>> = {
  inside: cached,
  caught: cachedDespiteErrors,
  passed: async () => cachedFor(await getSession()),
  private: cachedPrivately,
};

interface Props {
  readonly searchParams: Promise<{ readonly way?: string }>;
}

export default function UseCachePage(props: Props) {
  return (
    <Suspense fallback={<p id="fallback">a moment</p>}>
      <Who {...props} />
    </Suspense>
  );
}

async function Who({ searchParams }: Props) {
  // Else the first way would fail the build.
  await connection();
  const { way = "" } = await searchParams;
  return <p id="who">{await WAYS[way]?.()}</p>;
}
