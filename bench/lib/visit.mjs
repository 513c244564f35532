import { request } from "node:http";

/** Servers stand behind a proxy that speaks https, or the middlewares would set no `Secure` cookie. */
export const HEADERS = { "x-forwarded-proto": "https" };

/**
 * One request over a connection of its own.
 *
 * @param {string} url
 * @param {string} [cookie] the `Cookie` header
 * @returns {Promise<{ status: number, setCookie: string[], body: string, bytes: number }>} `bytes` on the wire
 */
export function visit(url, cookie) {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, connection: "keep-alive", ...(cookie !== undefined && { cookie }) };
    const sent = request(url, { agent: false, headers }, (response) => {
      const { socket } = response;
      let body = "";
      response.setEncoding("utf8").on("data", (text) => (body += text));
      response.on("end", () => {
        socket.destroy();
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, setCookie: received["set-cookie"] ?? [], body, bytes: socket.bytesRead });
      });
      response.on("error", reject);
    });
    sent.on("error", reject).end();
  });
}

/**
 * The `Cookie` header of a browser that was sent `before` and then got a response.
 *
 * @param {readonly string[]} setCookie
 * @param {string} [before]
 */
export function cookieHeader(setCookie, before = "") {
  const jar = new Map(before === "" ? [] : before.split("; ").map(nameAndValue));
  for (const line of setCookie) {
    const [pair] = line.split(";", 1);
    const [name, value] = nameAndValue(pair);
    if (value === "" || /;\s*max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
}

/** @param {string} pair @returns {[string, string]} */
function nameAndValue(pair) {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
