import { PLAIN_APPS } from "./apps.js";
import { adapterScenarios } from "./scenarios/index.js";

for (const [name, start] of PLAIN_APPS) adapterScenarios(name, start);
