const BROWSERS = [
  ["Edge", /\bEdg\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\bFirefox\//],
  ["Chrome", /\b(?:Headless)?Chrome\//],
  ["Safari", /\bSafari\//],
] as const;

const SYSTEMS = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
] as const;

/** A browser in words that its owner recognizes: a sign-in's label. */
export function describeBrowser(userAgent = ""): string | undefined {
  const [browser, system] = [BROWSERS, SYSTEMS].map((names) => names.find(([, mark]) => mark.test(userAgent))?.[0]);
  if (!browser && !system) return undefined;
  return [browser ?? "A browser", system && `on ${system}`].filter(Boolean).join(" ");
}
