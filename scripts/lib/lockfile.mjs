import { readFileSync } from "node:fs";

/** The packages of a package-lock.json: place → entry. */
export const packagesIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** A package's name, by the place where it is installed. */
export const nameOf = (place) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);

/**
 * The places of the packages that whoever installs this one gets with it: its dependencies and what they need. Not
 * its optional peers, which are the user's own. npm's marks (`dev`) say less: a workspace's dependencies have none.
 */
export function installedWith(packages) {
  const found = new Set();
  const queue = [""];
  for (const from of queue) {
    for (const [name, optional] of neededBy(packages[from])) {
      const place = locate(packages, from, name);
      if (place === undefined && !optional) throw new Error(`package-lock.json has no ${name}. Run npm install`);
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      queue.push(place);
    }
  }
  return [...found].toSorted((a, b) => a.localeCompare(b));
}

function neededBy({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  const optional = new Set(Object.keys(optionalDependencies));
  const names = new Set([...Object.keys(dependencies), ...optional, ...peers]);
  return [...names].map((name) => [name, optional.has(name)]);
}

/** Where Node finds a package that is asked for from a place: beside it, or further out. */
function locate(packages, from, name) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
    const candidate = `${place === "" ? "" : `${place}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (place === "") return undefined;
  }
}
