/*
 * Line charts as SVG that can be read on a light and on a dark page.
 */

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
 * @typedef {object} LineChart
 * @property {string} title
 * @property {readonly { name: string, points: readonly (readonly [x: number, y: number])[] }[]} lines up to four
 * @property {{ label: string, max: number, ticks: readonly number[] }} x
 * @property {{ label: string, max: number, text: (value: number) => string, right?: (value: number) => string,
 *   rightLabel?: string }} y `text` of a tick; `right`: the same in another unit
 * @property {{ at: number, words: string }} [marked] an instant, and what happened then
 *
 * @param {LineChart} chart
 */
export function lineChart({ title, lines, x: across, y: up, marked }) {
  const [width, height] = [WIDTH - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
  const top = niceAbove(up.max);
  const x = (value) => round(FRAME.left + (value / across.max) * width);
  const y = (value) => round(FRAME.top + height - (value / top) * height);
  const ticks = Array.from({ length: 6 }, (_, tick) => (top / 5) * tick);
  const bottom = FRAME.top + height;
  const labels = apart(lines.map(({ points: [[, first]] }, at) => y(first) + (at === 0 ? 16 : -8)));
  const right = (value) =>
    up.right
      ? `<text class="faint" x="${WIDTH - 8}" y="${y(value) + 4}" text-anchor="end">${up.right(value)}</text>`
      : "";
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
      `<text x="${FRAME.left - 10}" y="${y(value) + 4}" text-anchor="end">${up.text(value)}</text>${right(value)}`,
  )
  .join("\n")}
${across.ticks.map((tick) => `<text x="${x(tick)}" y="${bottom + 20}" text-anchor="middle">${tick}</text>`).join("\n")}
<text x="${FRAME.left + width / 2}" y="${HEIGHT - 12}" text-anchor="middle">${across.label}</text>
<text transform="translate(20 ${FRAME.top + height / 2}) rotate(-90)" text-anchor="middle">${up.label}</text>
${[
  ...(up.rightLabel
    ? [`<text class="faint" x="${WIDTH - 8}" y="${FRAME.top - 14}" text-anchor="end">${up.rightLabel}</text>`]
    : []),
  ...(marked ? markAt(x(marked.at), marked.words, bottom) : []),
  ...lines.map(({ name, points }, at) => {
    const path = points.map(([instant, value]) => `${x(instant)},${y(value)}`).join(" ");
    return (
      `<polyline class="line s${at}" points="${path}"/>` +
      `<text class="t${at}" x="${FRAME.left + 8}" y="${labels[at]}">${name}</text>`
    );
  }),
].join("\n")}
</svg>
`;
}

const markAt = (x, words, bottom) => [
  `<line class="mark" x1="${x}" y1="${FRAME.top}" x2="${x}" y2="${bottom}"/>`,
  `<text class="faint" x="${x}" y="${FRAME.top - 6}" text-anchor="middle">${words}</text>`,
];

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

/** As many digits as a drawing shows. */
export function round(value) {
  return Math.round(value * 10) / 10;
}
