import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { Provider } from "oidc-provider";

export const CLIENT = { id: "app", secret: "a secret of the application's" };
export const KEY_ID = "the-provider's";

/** An RSA key pair of a provider, and of somebody who would like to be one. */
export const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

/**
 * A provider that signs in whoever gives a name, with one application registered.
 *
 * @param {object} options
 * @param {string} options.issuer
 * @param {import("node:crypto").KeyObject} options.privateKey
 * @param {string} options.application its origin
 * @param {(token: string) => boolean} options.onLogoutToken told of every logout token; says whether it is sent
 * @returns {import("node:http").RequestListener}
 */
export function providerFor({ issuer, privateKey, application, onLogoutToken }) {
  const provider = new Provider(issuer, {
    // It does not say for which algorithm it is: that is for the application to know.
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig" }] },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: [`${application}/callback`, `${application}/api/auth/callback/provider`],
        post_logout_redirect_uris: [`${application}/`],
        backchannel_logout_uri: `${application}/back-channel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    cookies: { keys: ["a key of the provider's cookies"] },
    features: { backchannelLogout: { enabled: true } },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Its own would not call an application on the loopback interface.
    fetch(url, { dispatcher: _guard, ...init }) {
      return onLogoutToken(init.body.get("logout_token")) ? fetch(url, init) : new Response();
    },
  });
  return provider.callback();
}

/**
 * A JWT, signed by hand so that it can be wrong in every way.
 *
 * @param {{ alg: string, [name: string]: unknown }} header
 * @param {object} payload
 * @param {import("node:crypto").KeyObject | string | null} key a text signs with HMAC, null not at all
 */
export function jwt(header, payload, key) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${signature(`sha${header.alg.slice(2)}`, input, key).toString("base64url")}`;
}

function signature(hash, input, key) {
  if (key === null) return Buffer.alloc(0);
  if (typeof key === "string") return createHmac(hash, key).update(input).digest();
  return sign(hash, Buffer.from(input), key);
}
