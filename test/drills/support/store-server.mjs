/*
 * The revocation list that the servers of a drill share: one memory store behind HTTP on the loopback interface.
 * POST /<method> with the arguments as a JSON list answers { result }.
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { memoryStore } from "sealed-session";

const store = memoryStore();

async function answer(request) {
  // JSON has null where an argument was left out.
  const args = JSON.parse(await text(request)).map((argument) => argument ?? undefined);
  return { result: await store[request.url.slice(1)](...args) };
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => response.end(JSON.stringify(body)),
    (error) => response.writeHead(500).end(String(error)),
  );
});

// Whoever started it is gone.
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
