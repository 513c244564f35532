import { adapterScenarios } from "../scenarios/index.js";
import { REACT_ROUTER_APPS } from "./apps.js";

for (const [name, start] of REACT_ROUTER_APPS) adapterScenarios(name, start);
