/** Some libraries remove a cookie by a date alone; the tests' browser knows `Max-Age`. */
export function withMaxAge(setCookie: string): string {
  const expires = /; expires=([^;]+)/i.exec(setCookie)?.[1];
  return expires && Date.parse(expires) < Date.now() ? `${setCookie}; Max-Age=0` : setCookie;
}
