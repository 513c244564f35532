import { setTimeout } from "node:timers/promises";
import { withSession } from "../../../lib/session";

export const POST = withSession((_request, session) => {
  session.data.notes.push("before the stream");
  const text = new TextEncoder();
  return new Response(
    new ReadableStream({
      async start(controller) {
        controller.enqueue(text.encode("begun;"));
        await setTimeout(50);
        controller.enqueue(text.encode(`${session.data.notes.join(",")};`));
        session.data.notes.push("in the stream");
        const outcome = await session.save().then(
          () => "saved",
          (error: unknown) => (error as Error).name,
        );
        controller.enqueue(text.encode(outcome));
        controller.close();
      },
    }),
  );
});
