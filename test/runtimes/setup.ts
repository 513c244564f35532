import { installRuntimes } from "./matrix/install.mjs";

/** Once, before the files that use them: where CI=true nothing may be left out. */
export default async function setup(): Promise<void> {
  if (process.env["CI"] === "true") await installRuntimes(console.log);
}
