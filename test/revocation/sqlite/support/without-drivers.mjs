/**
 * For `node --import`: packages that are not to be found, or are another one, named in DRIVERS as `name` or
 * `name=file`.
 */
import { register } from "node:module";

const drivers = Object.fromEntries((process.env.DRIVERS ?? "").split(",").map((each) => each.split("=")));

const hooks = `
const drivers = ${JSON.stringify(drivers, (_name, value) => value ?? null)};
const missing = ${JSON.stringify((process.env.DRIVERS ?? "").split(",").filter((each) => !each.includes("=")))};
export async function resolve(specifier, context, next) {
  if (missing.includes(specifier)) {
    throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: "ERR_MODULE_NOT_FOUND" });
  }
  return next(drivers[specifier] ?? specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
