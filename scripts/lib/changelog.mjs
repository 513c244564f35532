/* CHANGELOG.md, in the form of keepachangelog.com: "## Unreleased", then "## 1.2.3 - 2026-01-31", the newest first. */

const UNRELEASED = "## Unreleased\n";
const RELEASE = /^## (?!Unreleased$)(.*)$/m;

/** What stands under Unreleased. @throws when there is no such section */
export function unreleasedIn(changelog) {
  const start = changelog.indexOf(UNRELEASED);
  if (start < 0) throw new Error('CHANGELOG.md has no "## Unreleased"');
  const rest = changelog.slice(start + UNRELEASED.length);
  const next = rest.search(RELEASE);
  return (next < 0 ? rest : rest.slice(0, next)).trim();
}

/** How many changes are named in a section. */
export const changesIn = (section) => section.match(/^- /gm)?.length ?? 0;

/** The newest release's version and date, or undefined where there was none. @throws for a heading of another form */
export function latestIn(changelog) {
  const title = RELEASE.exec(changelog)?.[1];
  if (title === undefined) return undefined;
  const [, version, date] = /^(\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$/.exec(title) ?? [];
  if (version === undefined) throw new Error(`CHANGELOG.md: "## ${title}" is no "## 1.2.3 - 2026-01-31"`);
  return { version, date };
}

/** The changelog with what stood under Unreleased as a release. */
export const withRelease = (changelog, version, date) =>
  changelog.replace(UNRELEASED, `${UNRELEASED}\n## ${version} - ${date}\n`);
