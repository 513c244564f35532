import { signedCookie } from "./signed-cookie.mjs";

/*
 * Libraries as a fresh process meets them: nothing of them is imported here. Each is set up as its documentation says,
 * for tokens that live an hour.
 *
 * `start` is given the imported modules, and a secret of 32 bytes as base64url; `sent` makes of a token what a browser sends as the
 * cookie's value.
 */

const HOUR = 3_600;
const keyOf = (secret) => new Uint8Array(Buffer.from(secret, "base64url"));

/** @type {Record<string, { imports: string[], start: Function, sent?: (token: string) => string }>} */
export const RECIPES = {
  "sealed-session, `createSealer`": {
    imports: ["sealed-session"],
    start([{ createSealer }], keyring) {
      const sealer = createSealer({ keyring, purpose: "bench" });
      return { seal: (data) => sealer.seal(data, { ttl: "1h" }), open: (token) => sealer.open(token) };
    },
  },
  "sealed-session, `createSessionManager`": {
    imports: ["sealed-session", "sealed-session/node"],
    start([{ createSessionManager }, { nodeJar }], keyring) {
      const sessions = createSessionManager({ name: "bench", keyring });
      return {
        seal: async (data) => (await import("./sessions.mjs")).signedIn(sessions, data),
        open: async (header) => (await sessions.open(nodeJar({ headers: { cookie: header } }))).data,
      };
    },
    sent: (header) => header.slice(header.indexOf("=") + 1),
  },
  "sealed-session/iron-session": {
    imports: ["sealed-session/iron-session"],
    start: ([module], password) => ironSession(module, password),
  },
  "iron-session 9": {
    imports: ["iron-session"],
    start: ([module], password) => ironSession(module, password),
  },
  "iron-webcrypto, raw key": {
    imports: ["iron-webcrypto"],
    start([{ seal, unseal, defaults }], secret) {
      const [key, options] = [keyOf(secret), { ...defaults, ttl: HOUR * 1_000 }];
      return {
        seal: (data) => seal(data, { id: "1", secret: key }, options),
        open: (token) => unseal(token, { 1: key }, options),
      };
    },
  },
  "@hapi/iron": {
    imports: ["@hapi/iron"],
    start([{ default: iron }], password) {
      const options = { ...iron.defaults, ttl: HOUR * 1_000 };
      return {
        seal: (data) => iron.seal(data, password, options),
        open: (token) => iron.unseal(token, password, options),
      };
    },
  },
  "jose, A256GCM": {
    imports: ["jose"],
    start([{ EncryptJWT, jwtDecrypt }], secret) {
      const [key, header] = [keyOf(secret), { alg: "dir", enc: "A256GCM" }];
      return {
        seal: (data) => new EncryptJWT(data).setProtectedHeader(header).setExpirationTime("1h").encrypt(key),
        open: async (token) => (await jwtDecrypt(token, key)).payload,
      };
    },
  },
  "next-auth 4": {
    imports: ["next-auth/jwt"],
    start: ([{ default: jwt }], secret) => ({
      seal: (token) => jwt.encode({ token, secret, maxAge: HOUR }),
      open: (token) => jwt.decode({ token, secret }),
    }),
  },
  "@fastify/secure-session, with fastify": {
    imports: ["fastify", "@fastify/secure-session"],
    async start([{ default: fastify }, { default: secureSession }], secret) {
      const app = fastify();
      await app.register(secureSession, { key: Buffer.from(keyOf(secret)), expiry: HOUR });
      await app.ready();
      return {
        seal: (data) => app.encodeSecureSession(app.createSecureSession(data)),
        open: (token) => app.decodeSecureSession(token).data(),
      };
    },
    // As @fastify/cookie writes it.
    sent: encodeURIComponent,
  },
  "cookie-session (signed, not encrypted)": {
    imports: ["cookie-session"],
    start: ([{ default: cookieSession }], secret) => signedCookie(cookieSession, secret),
    sent: (header) => header.replace("session=", "").replace("; session.sig=", ""),
  },
};

function ironSession({ sealData, unsealData }, password) {
  return {
    seal: (data) => sealData(data, { password, ttl: HOUR }),
    open: (token) => unsealData(token, { password, ttl: HOUR }),
  };
}

/** @param {string} name @param {string} secret */
export async function startRecipe(name, secret) {
  const { imports, start, sent = (token) => token } = RECIPES[name];
  const modules = [];
  for (const each of imports) modules.push(await import(each));
  return { ...(await start(modules, secret)), sent };
}
