const held = (checks) => checks.filter(({ ok }) => ok).length;

const HEADINGS = ["Runtime", "Version", "Cipher", "Checks", "Opens"];

const cellsOf = ({ title, version = "", cipher, checks, opens }, rows) => [
  title,
  version,
  cipher,
  `${held(checks)} of ${checks.length}`,
  // Of all others: one that could seal nothing is one that it did not open.
  `${held(opens)} of ${rows.length - 1}`,
];

/** The rows of `runMatrix` as a table in Markdown. */
export function markdownTable(rows) {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rows.map((row) => cellsOf(row, rows))];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The rows as a table for a terminal. @param paint colours a text: `paint("red", text)` */
export function textTable(rows, paint) {
  const lines = [HEADINGS, ...rows.map((row) => cellsOf(row, rows).map((cell) => cell.replaceAll("`", "")))];
  const widths = HEADINGS.map((_, at) => Math.max(...lines.map((cells) => cells[at].length)));
  const [heading, ...body] = lines.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]))
      .join("  ")
      .trimEnd(),
  );
  const colourOf = ({ checks, opens }) =>
    held(checks) === checks.length && held(opens) === rows.length - 1 ? "green" : "red";
  return [paint("bold", heading), ...body.map((line, at) => paint(colourOf(rows[at]), line))].join("\n");
}

const MARKS = ["<!-- table -->", "<!-- /table -->"];

/** A page with the text between its two marks replaced. @throws where it has no marks */
export function withTable(page, text) {
  const [start, end] = MARKS.map((mark) => page.indexOf(mark));
  if (start < 0 || end < start) throw new Error(`The page has no place for the table: ${MARKS.join(" … ")}`);
  return `${page.slice(0, start + MARKS[0].length)}\n\n${text}\n\n${page.slice(end)}`;
}
