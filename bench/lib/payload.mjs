/** Session data of about so many bytes of JSON. */
export function payload(bytes) {
  const data = { user: { id: 4711, name: "Ada Lovelace", roles: ["admin", "editor"] }, theme: "dark", items: [] };
  for (let i = 0; JSON.stringify(data).length < bytes - 30; i++) data.items.push({ sku: `article-${i}`, count: i % 7 });
  return data;
}
