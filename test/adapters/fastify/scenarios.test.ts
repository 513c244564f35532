import { adapterScenarios } from "../scenarios/index.js";
import { FASTIFY_APPS } from "./apps.js";

for (const [name, start] of FASTIFY_APPS) adapterScenarios(name, start);
