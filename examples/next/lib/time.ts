const time = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** In UTC: the server does not know the visitor's time zone. */
export function format(date: Date | undefined): string {
  return date ? `${time.format(date)} UTC` : "not yet";
}
