/**
 * npm run picture: docs/sign-out.svg, drawn from what the commands in it say when they are run against both libraries.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { signOutPicture } from "./lib/picture/sign-out.mjs";
import { root } from "./lib/run.mjs";

writeFileSync(path.join(root, "docs/sign-out.svg"), await signOutPicture());
