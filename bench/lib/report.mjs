import { cpus } from "node:os";

/** The machine and the date that figures belong to. */
const machine = () => {
  const [{ model }] = cpus();
  return `${model.trim()}, ${cpus().length} CPUs, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
};

/** Prints rows as a Markdown table, or as JSON. */
export function print(rows, json) {
  if (json) {
    console.log(JSON.stringify({ machine: machine(), rows }, undefined, 2));
    return;
  }
  const names = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  console.log(`${machine()}\n`);
  console.log([line(names), line(names.map(() => "---")), ...rows.map((row) => line(Object.values(row)))].join("\n"));
}
