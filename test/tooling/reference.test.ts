import { describe, expect, test } from "vitest";
import { inlineOf, proseOf, tagsOf } from "../../scripts/lib/api/prose.mjs";

const textOf = (text: string): string => text;
const comment = (summary: string, ...tags: [tag: string, content: string][]) => ({
  summary,
  blockTags: tags.map(([tag, content]) => ({ tag, content })),
});

describe("a docstring as Markdown", () => {
  test("loses the line breaks that the source's width made, and keeps those of lists, tables and code", () => {
    const wrapped =
      "Opens\n`what` was\nsealed.\n\n- one\n  thing\n- another\n\n| a |\n| - |\n\n```ts\nlet a;\nlet b;\n```";
    expect(proseOf(textOf, comment(wrapped))).toBe(
      "Opens `what` was sealed.\n\n- one thing\n- another\n\n| a |\n| - |\n\n```ts\nlet a;\nlet b;\n```",
    );
  });

  test("says what is returned, then what is thrown, then the default; examples come last", () => {
    const tags = tagsOf(
      textOf,
      comment(
        "",
        ["@example", "```ts\na();\n```"],
        ["@default", "`1`"],
        ["@throws", "AError for a"],
        ["@returns", "it"],
      ),
    );
    expect(tags).toBe("Returns it.\n\nThrows AError for a.\n\nDefault: `1`.\n\n```ts\na();\n```");
  });

  test("lists what is thrown when that is more than one", () => {
    expect(tagsOf(textOf, comment("", ["@throws", "AError"], ["@throws", "BError."]))).toBe(
      "- Throws AError.\n- Throws BError.",
    );
  });

  test("fits into the cell of a table", () => {
    const text = inlineOf(
      textOf,
      comment("What it is", ["@throws", "AError"], ["@throws", "BError"], ["@example", "```ts\na();\n```"]),
    );
    expect(text).toBe("What it is. Throws AError. Throws BError. `a();`");
  });

  test("has no tag that the pages would leave out", () => {
    expect(() => tagsOf(textOf, comment("", ["@remarks", "hidden"]))).toThrow("no place for @remarks");
  });
});
