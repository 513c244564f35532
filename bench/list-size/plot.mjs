import { lineChart, round } from "../lib/line-chart.mjs";

/**
 * @param lines each with a `name` and a value an hour
 * @param marked a day, and what happened then
 */
export function draw({ title, lines, days, marked, bytesPerEntry }) {
  return lineChart({
    title,
    lines: lines.map(({ name, values }) => ({ name, points: values.map((value, hour) => [hour / 24, value]) })),
    x: { label: "days", max: days, ticks: Array.from({ length: days / 5 + 1 }, (_, tick) => tick * 5) },
    y: {
      label: "entries on the list, millions",
      max: Math.max(...lines.flatMap(({ values }) => values)),
      text: (value) => round(value / 1e6),
      right: (value) => `${round((value * bytesPerEntry) / 1e6)} MB`,
      rightLabel: `copy at ${bytesPerEntry} B`,
    },
    marked: { at: marked.day, words: marked.words },
  });
}
