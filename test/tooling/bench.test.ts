import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { barChart } from "../../bench/lib/chart.mjs";
import { chartsOf } from "../../bench/lib/charts.mjs";
import { markdown } from "../../bench/lib/report.mjs";
import { assertSections, withSection } from "../../bench/lib/results.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const conditions = { machine: "A machine, 2 CPUs", versions: { Node: "20.0.0" }, date: "2026-01-02", notes: [] };

describe("the page of the results", () => {
  const page = "prose\n<!-- bench: one -->\nold\n<!-- /bench: one -->\nmore prose\n";

  it("has its tables replaced and keeps its prose", () => {
    const once = withSection(page, "one", "new");
    expect(once).toBe("prose\n<!-- bench: one -->\n\nnew\n\n<!-- /bench: one -->\nmore prose\n");
    expect(withSection(once, "one", "new")).toBe(once);
  });

  it("is refused where it has no place for a bench", () => {
    expect(() => assertSections(page, ["one", "two"])).toThrow("no place for two");
    expect(() => withSection("<!-- /bench: one --><!-- bench: one -->", "one", "new")).toThrow("no place for one");
  });

  it("has a place for every bench of the command", () => {
    const script = readFileSync(path.join(root, "scripts/bench.mjs"), "utf8");
    const [, table = ""] = /const BENCHES = \{\n(.*?)\n\};/s.exec(script) ?? [];
    const names = [...table.matchAll(/^ {2}"?([\w-]+)"?:/gm)].map(([, name = ""]) => name);
    expect(names).toContain("revocation-delay");
    assertSections(readFileSync(path.join(root, "bench/RESULTS.md"), "utf8"), names);
  });
});

it("tables have their columns in the order of the first row", () => {
  expect(markdown([{ title: "T", rows: [{ a: 1, b: "x" }] }])).toBe("**T**\n\n| a | b |\n| --- | --- |\n| 1 | x |");
});

describe("charts", () => {
  it("have a title, a description with every figure, and nothing that is not XML", () => {
    const svg = barChart({
      title: "a < b & c",
      axis: "µs",
      source: "here",
      groups: [{ bars: [{ label: "<ours>", value: 2, text: "2 µs", kind: "ours" }] }],
    });
    expect(svg).toContain('<title id="title">a &lt; b &amp; c</title>');
    expect(svg).toContain("&lt;ours&gt;: 2 µs");
    expect(svg).not.toContain("<ours>");
  });

  it("show the quickest first, with the payload of the middle size", () => {
    const row = (library: string, bytes: number, seal: string) => ({
      library,
      bytes,
      "seal, µs": seal,
      "open cold, µs": "1.0 ± 0.1",
    });
    const rows = [100, 700, 2_000].flatMap((bytes) => [
      row("slow", bytes, "1,200.0 ± 3.0"),
      row("sealed-session", bytes, "2.0 ± 0.1"),
    ]);
    const [[file, svg] = []] = chartsOf({ "seal-open": { ...conditions, tables: [{ rows }] } });
    expect(file).toBe("docs/bench-seal-open.svg");
    expect(svg).toContain("Sealing and opening 700 bytes");
    expect(svg).toContain("sealed-session: 2.0 + 1.0 µs; slow: 1200 + 1.0 µs");
  });

  it("refuse a report whose columns they do not know", () => {
    const tables = [{ rows: [{ library: "x", bytes: 1, seal: 2 }] }];
    expect(() => chartsOf({ "seal-open": { ...conditions, tables } })).toThrow('no figure under "seal, µs"');
  });
});
