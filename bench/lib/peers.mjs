import { randomBytes } from "node:crypto";
import hapiIron from "@hapi/iron";
import * as ironSession from "iron-session";
import * as ironWebcrypto from "iron-webcrypto";
import * as jose from "jose";
import nextAuth from "next-auth/jwt";
import sodium from "sodium-native";
import { createSealer } from "sealed-session";
import * as dropIn from "sealed-session/iron-session";
import { floor } from "./floor.mjs";

/**
 * Libraries that make a token of data and data of a token, each set up as its documentation says, for tokens that live
 * an hour.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {(data: object) => unknown} seal
 * @property {(token: any) => unknown} open
 */

const HOUR = 3_600;
const PASSWORD = randomBytes(32).toString("base64url");
const [KEY_32, KEY_64] = [randomBytes(32), randomBytes(64)];

function ours() {
  const sealer = createSealer({ keyring: PASSWORD, purpose: "bench" });
  return {
    name: "sealed-session",
    seal: (data) => sealer.seal(data, { ttl: HOUR * 1_000 }),
    open: (token) => sealer.open(token),
  };
}

function ourDropIn() {
  return {
    name: "sealed-session/iron-session",
    seal: (data) => dropIn.sealData(data, { password: PASSWORD, ttl: HOUR }),
    open: (token) => dropIn.unsealData(token, { password: PASSWORD, ttl: HOUR }),
  };
}

/** Tokens of iron-session's own: each has salts that were never seen. */
function ourDropInAfterTheirs() {
  return {
    ...ourDropIn(),
    name: "sealed-session/iron-session, sealed by iron-session 9",
    seal: theirIronSession().seal,
  };
}

function theirIronSession() {
  return {
    name: "iron-session 9",
    seal: (data) => ironSession.sealData(data, { password: PASSWORD, ttl: HOUR }),
    open: (token) => ironSession.unsealData(token, { password: PASSWORD, ttl: HOUR }),
  };
}

function rawIron() {
  const options = { ...ironWebcrypto.defaults, ttl: HOUR * 1_000 };
  const key = new Uint8Array(KEY_32);
  return {
    name: "iron-webcrypto, raw key",
    seal: (data) => ironWebcrypto.seal(data, { id: "1", secret: key }, options),
    open: (token) => ironWebcrypto.unseal(token, { 1: key }, options),
  };
}

function hapi() {
  const options = { ...hapiIron.defaults, ttl: HOUR * 1_000 };
  return {
    name: "@hapi/iron",
    seal: (data) => hapiIron.seal(data, PASSWORD, options),
    open: (token) => hapiIron.unseal(token, PASSWORD, options),
  };
}

function joseWith(enc, key) {
  return {
    name: `jose, ${enc}`,
    seal: (data) =>
      new jose.EncryptJWT(data).setProtectedHeader({ alg: "dir", enc }).setExpirationTime("1h").encrypt(key),
    open: (token) => jose.jwtDecrypt(token, key),
  };
}

function nextAuthJwt() {
  return {
    name: "next-auth 4",
    seal: (token) => nextAuth.encode({ token, secret: PASSWORD, maxAge: HOUR }),
    open: (token) => nextAuth.decode({ token, secret: PASSWORD }),
  };
}

/** What @fastify/secure-session does with its cookie: secretbox, base64 of both parts. */
function secretbox() {
  const key = Buffer.from(KEY_32);
  const { crypto_secretbox_NONCEBYTES: NONCE, crypto_secretbox_MACBYTES: MAC } = sodium;
  return {
    name: "libsodium secretbox, as @fastify/secure-session",
    seal(data) {
      const [nonce, message] = [Buffer.allocUnsafe(NONCE), Buffer.from(JSON.stringify(data))];
      sodium.randombytes_buf(nonce);
      const cipher = Buffer.allocUnsafe(message.length + MAC);
      sodium.crypto_secretbox_easy(cipher, message, nonce, key);
      return `${cipher.toString("base64")};${nonce.toString("base64")}`;
    },
    open(token) {
      const [cipher, nonce] = token.split(";").map((part) => Buffer.from(part, "base64"));
      const message = Buffer.allocUnsafe(cipher.length - MAC);
      if (!sodium.crypto_secretbox_open_easy(message, cipher, nonce, key)) throw new Error("tampered");
      return JSON.parse(message);
    },
  };
}

/** @returns {Peer[]} ours first */
export const peers = () => [
  ours(),
  ourDropIn(),
  ourDropInAfterTheirs(),
  floor(),
  theirIronSession(),
  rawIron(),
  hapi(),
  joseWith("A256GCM", KEY_32),
  joseWith("A256CBC-HS512", KEY_64),
  nextAuthJwt(),
  secretbox(),
];
