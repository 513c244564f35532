import { table } from "../output/table.js";
import { printable, printableJson } from "../output/printable.js";
import type { Finding } from "./finding.js";
import { listOf, type Report } from "./report.js";
import { rowsOf, type Style } from "./rows.js";
import { bytesOf, KINDS } from "./words.js";

/** The report for people. Whatever comes from outside is made printable. */
export function reportLines(report: Report, { paint, purpose }: Pick<Style, "paint" | "purpose">): string[] {
  const { now, ring, form } = report;
  const style = { paint, purpose, now, hasRing: ring !== undefined, withAttributes: form === "set-cookie" };
  return [
    ...headLines(report),
    ...report.findings.flatMap((finding) => [
      "",
      `${paint("bold", titleOf(finding))}  ${kindInWords(finding)}`,
      ...table(rowsOf(finding, style).map(([label, value]) => [`  ${paint("dim", label)}`, value])),
      ...("data" in finding ? dataLines(finding.data) : []),
    ]),
  ];
}

function headLines({ form, bytes, findings, removed, others, ring }: Report): string[] {
  const count = new Set(findings.flatMap(({ carriers }) => carriers.map(({ name }) => name))).size;
  const cookies = count === 1 ? "one cookie" : `${count} cookies`;
  const head = {
    "cookie header": `A Cookie header of ${bytesOf(bytes)} with ${cookies} to inspect`,
    "set-cookie": `Set-Cookie lines with ${cookies} to inspect`,
    value: `A value of ${bytesOf(bytes)}`,
  }[form];
  const ringId = ring?.keyring.ringId === undefined ? "" : `, ring ${ring.keyring.ringId}`;
  const revision = ring?.keyring.revision === undefined ? "" : `, revision ${ring.keyring.revision}`;
  return [
    `${head}.`,
    ...(ring ? [`Verified with ${printable(ring.from)}${ringId}${revision}.`] : []),
    ...(removed.length > 0 ? [`Removed by them: ${listOf(removed)}.`] : []),
    ...(others.length > 0 ? [`Not looked at: ${listOf(others)}.`] : []),
  ];
}

function titleOf({ carriers }: Finding): string {
  const [first, last] = [carriers[0]?.name ?? "", carriers.at(-1)?.name ?? ""];
  if (first === "") return "(no name)";
  return first === last ? printable(first, 100) : `${printable(first, 100)} to ${last.slice(-2)}`;
}

function kindInWords({ kind, carriers }: Finding): string {
  return carriers.length > 1 ? `${KINDS[kind]}, in ${carriers.length} chunks` : KINDS[kind];
}

function dataLines(data: unknown): string[] {
  return printableJson(data, 2)
    .split("\n")
    .map((line) => `    ${line}`);
}
