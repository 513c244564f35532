import type { Project } from "../project.js";
import { countVisit } from "./count-visit.js";

/** The example server of a Node project: `server.mjs`. */
export function nodeServer({ typescript, zod }: Project, sessionImport: string): string {
  const [http, request, parameters, result] = typescript
    ? [
        "createServer, type IncomingMessage, type ServerResponse",
        "request: IncomingMessage",
        "request: IncomingMessage, response: ServerResponse",
        ["Promise<void>", "Promise<URLSearchParams>"],
      ]
    : ["createServer", "request", "request, response", undefined];
  const returns = (type: string | undefined): string => (type === undefined ? "" : `: ${type}`);
  const send = typescript ? "response: ServerResponse, status: number, body: object" : "response, status, body";
  return `import { ${http} } from "node:http";
import { nodeJar } from "sealed-session/node";
import { sessions } from "${sessionImport}";

await sessions.ready(); // a missing or weak secret stops the program here, not at the first visitor

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.statusCode = 500;
    response.end();
  });
});

async function answer(${parameters})${returns(result?.[0])} {
  if (request.url !== "/") return send(response, 404, { error: "Not found" });
  const session = await sessions.open(nodeJar(request, response));
  if (request.method === "GET") {
    // Who is here, and how often they came.
    ${countVisit(zod)}
    await session.save();
    return send(response, 200, { user: session.subject ?? null, visits: session.data.visits });
  }
  if (request.method === "POST") {
    // Signs in whoever says a name. A real sign-in checks a password here.
    const user = (await readForm(request)).get("user") ?? "";
    if (!/^\\w{1,32}$/.test(user)) return send(response, 400, { error: "Who are you?" });
    await session.login(user); // a new session id; what the guest had is kept
    return send(response, 200, { user });
  }
  if (request.method === "DELETE") {
    await session.destroy(); // a copy of the cookie is refused from now on
    return send(response, 200, { user: null });
  }
  return send(response, 405, { error: "GET, POST or DELETE" });
}

async function readForm(${request})${returns(result?.[1])} {
  let text = "";
  for await (const chunk of request) {
    if (text.length < 1_000) text += chunk; // more is nobody's name
  }
  return new URLSearchParams(text);
}

function send(${send})${returns(typescript ? "void" : undefined)} {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(\`\${JSON.stringify(body)}\\n\`);
}

const port = Number(process.env.PORT ?? 3000);
server.listen(port, process.env.HOST ?? "localhost", () => {
  console.log(\`http://localhost:\${port}\`);
});
`;
}
