const marksOf = (name) => [`<!-- bench: ${name} -->`, `<!-- /bench: ${name} -->`];

/** Where a bench's tables go in a page. @throws where it has no place for them */
function placeOf(page, name) {
  const [opening, closing] = marksOf(name);
  const [start, end] = [page.indexOf(opening), page.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`The page has no place for ${name}: ${opening} … ${closing}`);
  return { start: start + opening.length, end };
}

/** @param {string} page @param {readonly string[]} names @throws where one of them has no place */
export function assertSections(page, names) {
  for (const name of names) placeOf(page, name);
}

/** A page with what stands between a bench's two marks replaced; the prose around them stays. */
export function withSection(page, name, text) {
  const { start, end } = placeOf(page, name);
  return `${page.slice(0, start)}\n\n${text}\n\n${page.slice(end)}`;
}
