import { PLAIN_APPS } from "./apps.js";
import { EXPRESS_APPS } from "./express/apps.js";
import { FASTIFY_APPS } from "./fastify/apps.js";
import { HONO_APPS } from "./hono/apps.js";
import { REACT_ROUTER_APPS } from "./react-router/apps.js";
import type { Adapter } from "./scenarios/application.js";

/** One small application, as every adapter serves it. */
export const ADAPTERS: readonly Adapter[] = [
  ...PLAIN_APPS,
  ...EXPRESS_APPS,
  ...FASTIFY_APPS,
  ...HONO_APPS,
  ...REACT_ROUTER_APPS,
];
