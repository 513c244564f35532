const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/;
const DAY = /^(\d{1,2})(?:\D|$)/;
const YEAR = /^(\d{2,4})(?:\D|$)/;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/**
 * Reads the date of an `Expires` attribute as browsers do, who take far more than the formats that HTTP allows
 * (RFC 6265bis, section 5.1.1).
 *
 * @returns ms since the Unix epoch; nothing where there is no date in it
 */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(DELIMITERS)) {
    // Each token counts as the first of these that it can be and that is still missing.
    const named = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (!time && (time = TIME.exec(token))) continue;
    if (day === undefined && DAY.test(token)) day = Number(DAY.exec(token)?.[1]);
    else if (month === undefined && named !== -1) month = named;
    else if (year === undefined && YEAR.test(token)) year = fullYear(Number(YEAR.exec(token)?.[1]));
  }
  if (!time || day === undefined || month === undefined || year === undefined || year < 1601) return undefined;
  const [hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = Date.UTC(year, month, day, hours, minutes, seconds);
  // Date.UTC makes 2 March of 30 February.
  return new Date(date).getUTCDate() === day ? date : undefined;
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
