import { createRequire } from "node:module";
import nodePath from "node:path";
import { CommandFailure } from "../exit.js";
import { packageManagerOf } from "../package-manager.js";

/**
 * Loads the first of several packages that is there: the project's own, so that the version is the one that the
 * application runs with, else one beside this package.
 *
 * @throws CommandFailure with what to install
 */
export function loadDriver<Name extends string>(
  names: readonly [Name, ...Name[]],
): { readonly name: Name; readonly exports: unknown } {
  const places = [createRequire(nodePath.join(process.cwd(), "index.js")), createRequire(import.meta.url)];
  for (const from of places) {
    for (const name of names) {
      const path = resolved(from, name);
      if (path !== undefined) return { name, exports: from(path) as unknown };
    }
  }
  const { add } = packageManagerOf(process.cwd(), undefined);
  throw new CommandFailure(
    "notFound",
    `There is no client for this store: neither ${names.join(" nor ")} is installed`,
    `Install the one that the application uses, for example: ${add} ${names[0]}`,
  );
}

function resolved(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name);
  } catch {
    return undefined;
  }
}
