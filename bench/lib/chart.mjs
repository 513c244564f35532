/*
 * Bar charts as SVG, on a paper of their own: an <img> cannot take over the page's colours, only whether they are dark.
 */

const WIDTH = 860;
const PAD = 24;
const BAR = 16;
const ROW = 26;
const HEADING = 34;
/** Left for the figure behind the longest bar. */
const FIGURE = 140;
/** Of a character, in the widest of the fonts that stand in for each other; ours are bold. */
const charWidth = (kind) => (kind === "ours" ? 8.1 : 7.3);

/**
 * @typedef {object} Bar
 * @property {string} label
 * @property {number} value
 * @property {string} text the figure, with its unit or its parts
 * @property {"ours" | "peer" | "floor"} kind
 *
 * @typedef {object} Chart
 * @property {string} title
 * @property {string} axis what the bars' length means: the unit, the scale, which end is the better one
 * @property {string} source a sentence with the machine and the date
 * @property {readonly { title?: string, bars: readonly Bar[] }[]} groups on one scale
 *
 * @param {Chart} chart
 */
export function barChart({ title, axis, source, groups }) {
  const bars = groups.flatMap((group) => group.bars);
  const left = PAD + Math.max(...bars.map(({ label, kind }) => label.length * charWidth(kind))) + 12;
  const scale = (WIDTH - left - FIGURE) / Math.max(...bars.map(({ value }) => value));
  let y = 78;
  const body = groups.flatMap((group) => {
    const lines = [];
    if (group.title) {
      lines.push(`<text class="group" x="${PAD}" y="${y + 10}">${escape(group.title)}</text>`);
      y += HEADING - 8;
    }
    for (const bar of group.bars) {
      lines.push(drawBar(bar, { left, y, width: Math.max(1.5, bar.value * scale) }));
      y += ROW;
    }
    y += HEADING - ROW;
    return lines;
  });
  const height = y + 32;
  const description = `${axis}. ${bars.map(({ label, text }) => `${label}: ${text}`).join("; ")}. ${source}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escape(title)}</title>
<desc id="desc">${escape(description)}</desc>
<style>
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 16px; }
  .group { font-weight: 600; }
  .faint { fill: #57606a; }
  .small { font-size: 11.5px; }
  .paper { fill: #ffffff; }
  .peer { fill: #afb8c1; }
  .floor { fill: #ffffff; stroke: #6e7781; stroke-dasharray: 3 2; }
  rect.ours { fill: #0b7a75; }
  text.ours { fill: #0b7a75; font-weight: 600; }
  .axis { stroke: #8c959f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint { fill: #9198a1; }
    .paper { fill: #0d1117; }
    .peer { fill: #57606a; }
    .floor { fill: #0d1117; stroke: #9198a1; }
    rect.ours { fill: #3fc7bf; }
    text.ours { fill: #3fc7bf; }
    .axis { stroke: #6e7681; }
  }
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>
<text class="title" x="${PAD}" y="30">${escape(title)}</text>
<text class="faint" x="${PAD}" y="52">${escape(axis)}</text>
${body.join("\n")}
<text class="faint small" x="${PAD}" y="${height - 16}">${escape(source)}</text>
</svg>
`;
}

function drawBar({ label, text, kind }, { left, y, width }) {
  const own = kind === "ours" ? ` class="ours"` : "";
  const [x, end] = [round(left), round(left + width)];
  return [
    `<text${own} x="${x - 10}" y="${y + 12}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${kind}" x="${x}" y="${y}" width="${round(width)}" height="${BAR}"/>`,
    `<line class="axis" x1="${x}" y1="${y - 5}" x2="${x}" y2="${y + BAR + 5}"/>`,
    `<text${own} x="${end + 8}" y="${y + 12}">${escape(text)}</text>`,
  ].join("\n");
}

const round = (value) => Math.round(value * 10) / 10;

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
