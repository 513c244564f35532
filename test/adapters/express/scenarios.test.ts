import { adapterScenarios } from "../scenarios/index.js";
import { EXPRESS_APPS } from "./apps.js";

for (const [name, start] of EXPRESS_APPS) adapterScenarios(name, start);
