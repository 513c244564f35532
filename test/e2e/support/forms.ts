import { rawRequest, type RawResponse } from "./raw-http.js";

/**
 * Posts a form whose action is a server action, as a browser without JavaScript does.
 *
 * @param within a piece of HTML in front of the form, to tell it from others
 * @param headers header lines of the post; the form itself is fetched without any
 */
export async function submitForm(
  base: string,
  path: string,
  within: string,
  headers: readonly string[],
): Promise<RawResponse> {
  const page = await rawRequest(base, { path });
  const from = page.body.indexOf(within);
  const form = from === -1 ? "" : page.body.slice(from, page.body.indexOf("</form>", from));
  const inputs = [...form.matchAll(/<input type="hidden" name="(\$ACTION[^"]*)"(?: value="([^"]*)")?\/>/g)];
  if (inputs.length === 0) throw new Error(`no form with a server action after ${within} in ${path}`);
  const boundary = "form";
  const parts = inputs.map(
    ([, name = "", value = ""]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value.replaceAll("&quot;", '"')}\r\n`,
  );
  return rawRequest(base, {
    method: "POST",
    path,
    headers: [...headers, `Content-Type: multipart/form-data; boundary=${boundary}`],
    body: `${parts.join("")}--${boundary}--\r\n`,
  });
}
