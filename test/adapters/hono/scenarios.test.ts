import { adapterScenarios } from "../scenarios/index.js";
import { HONO_APPS } from "./apps.js";

for (const [name, start] of HONO_APPS) adapterScenarios(name, start);
