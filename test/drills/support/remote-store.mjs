const METHODS = [
  "check",
  "issue",
  "regenerate",
  "revokeSession",
  "revokeSubject",
  "revokeAll",
  "revokeKeys",
  "useOnce",
  "announce",
  "list",
  "stats",
  "prune",
  "close",
];

/** A revocation store that asks the one of store-server.mjs. */
export function remoteStore(url) {
  const ask =
    (method) =>
    async (...args) => {
      const response = await fetch(`${url}/${method}`, { method: "POST", body: JSON.stringify(args) });
      if (!response.ok) throw new Error(`the store answered ${response.status} to ${method}`);
      return (await response.json()).result;
    };
  return Object.fromEntries(METHODS.map((method) => [method, ask(method)]));
}
