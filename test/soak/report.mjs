import { lineChart } from "../../bench/lib/line-chart.mjs";

const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
const VERDICT = { true: "flat", false: "**grows**", undefined: "not judged" };

/** What a soak found, as tables. @param {import("./run-soak.mjs").SoakReport} report */
export function tablesOf({ seconds, keys, counts, servers, problems }) {
  const sum = (town, name) =>
    Object.entries(counts[town])
      .filter(([what]) => what.startsWith(name))
      .reduce((total, [, count]) => total + count, 0);
  const all = (name) =>
    Object.keys(counts)
      .reduce((total, town) => total + sum(town, name), 0)
      .toLocaleString("en");
  const ended = ["logout", "revokeOthers", "revokeSession", "revokeSubject"];
  return [
    {
      title: "What happened",
      rows: [
        ["minutes", (seconds / 60).toFixed(1)],
        ["requests", all("requests")],
        ["sign-ins", all("login")],
        ["new ids on demand", all("regenerate")],
        ["writes", all("write")],
        ["renewals", all("renewed")],
        ["sign-outs, of others and everywhere too", ended.map(all).join(" + ")],
        ["sessions that ended by a timeout", all("over: ")],
        ["copies of ended sessions tried, all refused", all("refused: ")],
        ["keys rotated, destroyed", `${keys.rotations}, ${keys.destroyed}`],
        ["what was wrong", problems.length],
      ].map(([what, count]) => ({ what, count })),
    },
    {
      title: "Memory after garbage collection, and its trend after the first third",
      rows: servers.map(({ name, samples, trend }) => ({
        server: name,
        samples: samples.length,
        "heap at the first sample, MB": megabytes(samples[0].heapUsed),
        "at the trend's beginning": megabytes(trend.from),
        "at its end": megabytes(trend.from + trend.rise),
        "MB an hour": megabytes(trend.perHour),
        "spread, MB": megabytes(trend.spread),
        "": VERDICT[trend.flat],
      })),
    },
  ];
}

/** @param {import("./run-soak.mjs").SoakReport} report */
export function drawHeaps({ seconds, servers }) {
  const step = Math.max(1, Math.round(seconds / 60 / 10));
  const minutes = seconds / 60;
  return lineChart({
    title: "Heap of each server after garbage collection, under load",
    lines: servers.map(({ name, samples }) => ({
      name,
      points: samples.map(({ at, heapUsed }) => [at / 60_000, heapUsed]),
    })),
    x: {
      label: "minutes",
      max: minutes,
      ticks: Array.from({ length: Math.floor(minutes / step) + 1 }, (_, tick) => tick * step),
    },
    y: {
      label: "MB",
      max: Math.max(...servers.flatMap(({ samples }) => samples.map(({ heapUsed }) => heapUsed))),
      text: (value) => (value / 1e6).toFixed(0),
    },
    marked: { at: minutes / 3, words: "judged from here on" },
  });
}
