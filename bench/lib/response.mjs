/** As much of a ServerResponse as cookies need. */
export function newResponse() {
  const headers = new Map();
  return {
    headersSent: false,
    writeHead: () => undefined,
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader: (name, value) => void headers.set(name.toLowerCase(), value),
    /** What a browser sends back. */
    cookies: () =>
      [headers.get("set-cookie") ?? []]
        .flat()
        .filter((line) => !/;\s*max-age=0/i.test(line))
        .map((line) => line.split(";")[0])
        .join("; "),
  };
}
