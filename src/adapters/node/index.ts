export { headerJar } from "./header-jar.js";
export { nodeJar } from "../../cookies/node-jar.js";
export type { NodeRequest, NodeResponse } from "../../cookies/node-jar.js";
