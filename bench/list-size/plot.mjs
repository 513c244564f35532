const WIDTH = 860;
const HEIGHT = 430;
const FRAME = { left: 84, right: 92, top: 56, bottom: 56 };
const LABEL_HEIGHT = 15;
const COLOURS = [
  ["#0b7a75", "#3fc7bf"],
  ["#3b5bdb", "#8aa4ff"],
  ["#b35c00", "#ffa94d"],
  ["#a61e4d", "#ff8fb1"],
];

/**
 * A drawing that can be read on a light and on a dark page.
 *
 * @param lines each with a `name` and a value an hour
 * @param marked a day, and what happened then
 */
export function draw({ title, lines, days, marked, bytesPerEntry }) {
  const [width, height] = [WIDTH - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
  const top = niceAbove(Math.max(...lines.flatMap(({ values }) => values)));
  const x = (day) => round(FRAME.left + (day / days) * width);
  const y = (value) => round(FRAME.top + height - (value / top) * height);
  const ticks = Array.from({ length: 6 }, (_, tick) => (top / 5) * tick);
  const dayTicks = Array.from({ length: days / 5 + 1 }, (_, tick) => tick * 5);
  const bottom = FRAME.top + height;
  const labels = apart(lines.map(({ values }, at) => y(values[0]) + (at === 0 ? 16 : -8)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .faint { fill: #57606a; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .mark { stroke: #57606a; stroke-width: 1; stroke-dasharray: 4 4; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .paper { fill: #ffffff; }
${COLOURS.map(([light], at) => `  .s${at} { stroke: ${light}; } text.t${at} { fill: ${light}; font-weight: 600; }`).join("\n")}
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint { fill: #9198a1; }
    .grid { stroke: #30363d; }
    .mark { stroke: #9198a1; }
    .paper { fill: #0d1117; }
${COLOURS.map(([, dark], at) => `    .s${at} { stroke: ${dark}; } text.t${at} { fill: ${dark}; }`).join("\n")}
  }
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${FRAME.left}" y="24">${title}</text>
${ticks
  .map(
    (value) =>
      `<line class="grid" x1="${FRAME.left}" y1="${y(value)}" x2="${FRAME.left + width}" y2="${y(value)}"/>` +
      `<text x="${FRAME.left - 10}" y="${y(value) + 4}" text-anchor="end">${round(value / 1e6)}</text>` +
      `<text class="faint" x="${WIDTH - 8}" y="${y(value) + 4}" text-anchor="end">${round((value * bytesPerEntry) / 1e6)} MB</text>`,
  )
  .join("\n")}
${dayTicks.map((day) => `<text x="${x(day)}" y="${bottom + 20}" text-anchor="middle">${day}</text>`).join("\n")}
<text x="${FRAME.left + width / 2}" y="${HEIGHT - 12}" text-anchor="middle">days</text>
<text transform="translate(20 ${FRAME.top + height / 2}) rotate(-90)" text-anchor="middle">entries on the list, millions</text>
<text class="faint" x="${WIDTH - 8}" y="${FRAME.top - 14}" text-anchor="end">copy at ${bytesPerEntry} B</text>
<line class="mark" x1="${x(marked.day)}" y1="${FRAME.top}" x2="${x(marked.day)}" y2="${bottom}"/>
<text class="faint" x="${x(marked.day)}" y="${FRAME.top - 6}" text-anchor="middle">${marked.words}</text>
${lines
  .map(({ name, values }, at) => {
    const points = values.map((value, hour) => `${x(hour / 24)},${y(value)}`).join(" ");
    return (
      `<polyline class="line s${at}" points="${points}"/>` +
      `<text class="t${at}" x="${FRAME.left + 8}" y="${labels[at]}">${name}</text>`
    );
  })
  .join("\n")}
</svg>
`;
}

/** Heights of labels from the lowest to the highest, moved up where they would touch. */
function apart(heights) {
  const placed = [];
  for (const height of heights) placed.push(Math.min(height, (placed.at(-1) ?? Infinity) - LABEL_HEIGHT));
  return placed;
}

function niceAbove(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].map((step) => step * unit).find((step) => step >= value);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
