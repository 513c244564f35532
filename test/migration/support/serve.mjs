// Serves the `app` of a module: a Fastify application, or a handler of node:http such as Express' application.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const { app } = await import(pathToFileURL(process.argv[2]).href);
if (typeof app.listen === "function" && typeof app.register === "function") {
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.send({ port: app.server.address().port });
} else {
  const server = createServer(app).listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
}
process.on("disconnect", () => process.exit());
