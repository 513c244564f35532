/*
 * Docstrings as Markdown.
 */

const ORDER = ["@returns", "@throws", "@default", "@defaultValue", "@example"];
const WORDS = { "@returns": "Returns", "@throws": "Throws", "@default": "Default:", "@defaultValue": "Default:" };

/** What a docstring says before its tags. `textOf` makes Markdown of typedoc's parts. */
export const proseOf = (textOf, comment) => unwrapped(textOf(comment?.summary ?? []));

/** What its tags say: one paragraph each, a list of what it throws, the examples last. */
export function tagsOf(textOf, comment) {
  const told = (comment?.blockTags ?? []).map(({ tag, content }) => {
    if (!ORDER.includes(tag)) throw new Error(`the API reference has no place for ${tag}`);
    const text = textOf(content);
    return { tag, text: tag === "@example" ? text : sentence(`${WORDS[tag]} ${unwrapped(text)}`) };
  });
  const said = (...tags) => told.filter(({ tag }) => tags.includes(tag)).map(({ text }) => text);
  const thrown = said("@throws");
  return paragraphs([
    ...said("@returns"),
    thrown.length > 1 ? thrown.map((text) => `- ${text}`).join("\n") : thrown.join(""),
    ...said("@default", "@defaultValue"),
    ...said("@example"),
  ]);
}

/** All of it in one line, for a table or a list. */
export const inlineOf = (textOf, comment) =>
  [proseOf(textOf, comment), tagsOf(textOf, comment)]
    .filter((text) => text !== "")
    .map(sentence)
    .join("\n")
    .replaceAll(/```\w*\n(.*)\n```/g, "`$1`")
    .replaceAll(/^- /gm, "")
    .replaceAll(/\s*\n+/g, " ");

export const paragraphs = (parts) => parts.filter((part) => part !== "" && part !== undefined).join("\n\n");

const sentence = (text) => (/[.:?!…]$|```$/.test(text) ? text : `${text}.`);

/** Docstrings are wrapped at a column that Markdown does not have; lists, tables and code stay as they are. */
function unwrapped(text) {
  let fenced = false;
  const lines = [];
  for (const line of text.trim().split("\n")) {
    const fence = line.startsWith("```");
    const previous = lines.at(-1);
    const continues =
      !fence && !fenced && previous && !/^(?:```|\|)/.test(previous) && !/^\s*(?:[-|>]|\d+\.|$)/.test(line);
    if (continues) lines[lines.length - 1] = `${previous} ${line.trim()}`;
    else lines.push(line);
    if (fence) fenced = !fenced;
  }
  return lines.join("\n");
}
