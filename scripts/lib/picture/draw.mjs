/*
 * Two terminals beside each other as SVG, in the colours of the charts, light and dark.
 */

const WIDTH = 860;
const PAD = 16;
const GAP = 12;
const PANE = (WIDTH - 2 * PAD - GAP) / 2;
const LINE = 21;
const TOP = 62;

/**
 * @param {{ title: string, lines: { command: string, output: string }[] }[]} panes two
 * @param {{ title: string, verdicts: ("good" | "bad")[] }} words what is told by the last line's colour
 */
export function drawTerminals(panes, { title, verdicts }) {
  const rows = panes.map(({ lines }) => lines.flatMap(rowsOf));
  const height = TOP + Math.max(...rows.map(({ length }) => length)) * LINE + 2 * PAD;
  const description = panes.map(
    ({ title: name, lines }) =>
      `${name}: ${lines.map(({ command, output }) => [command, output].filter(Boolean).join(" gives ")).join("; ")}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escape(title)}</title>
<desc id="desc">${escape(description.join(". "))}</desc>
<style>
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; white-space: pre; }
  .title { font: 600 14px system-ui, -apple-system, "Segoe UI", sans-serif; }
  .faint { fill: #57606a; }
  .good { fill: #0b7a75; font-weight: 600; }
  .bad { fill: #b42318; font-weight: 600; }
  .paper { fill: #ffffff; }
  .pane { fill: #f6f8fa; stroke: #d0d7de; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint { fill: #9198a1; }
    .good { fill: #3fc7bf; }
    .bad { fill: #ff9b8f; }
    .paper { fill: #0d1117; }
    .pane { fill: #161b22; stroke: #30363d; }
  }
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>
${panes.map(({ title: name }, at) => drawPane(name, rows[at], verdicts[at], PAD + at * (PANE + GAP), height)).join("\n")}
</svg>
`;
}

function drawPane(name, rows, verdict, x, height) {
  const texts = rows.map(({ text, kind }, at) => {
    const style = at === rows.length - 1 ? verdict : kind;
    return `<text${style ? ` class="${style}"` : ""} x="${x + PAD}" y="${TOP + at * LINE + 14}">${escape(text)}</text>`;
  });
  return [
    `<rect class="pane" x="${x}" y="${PAD}" width="${PANE}" height="${height - 2 * PAD}" rx="6"/>`,
    `<text class="title" x="${x + PAD}" y="${PAD + 26}">${escape(name)}</text>`,
    ...texts,
  ].join("\n");
}

const rowsOf = ({ command, output }) => [
  { text: `$ ${command}`, kind: "faint" },
  ...(output === "" ? [] : output.split("\n").map((text) => ({ text, kind: undefined }))),
];

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
