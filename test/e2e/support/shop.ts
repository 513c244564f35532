import type { BrowserContext, Page } from "playwright-core";

/*
 * What a visitor does in the demo, by the words on the page. A click on a form's button waits for the page that
 * answers it: with JavaScript by the message on it, without by the navigation.
 */

export interface SignInOptions {
  readonly remember?: boolean;
  /** Signed out after 20 idle seconds. */
  readonly short?: boolean;
}

export async function signIn(page: Page, name: string, options: SignInOptions = {}): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Name").fill(name);
  if (options.remember) await page.getByLabel("Stay signed in").check();
  if (options.short) await page.getByLabel("20 idle seconds").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await waitForMessage(page, `Welcome, ${name}.`);
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await waitForMessage(page, "You are signed out.");
}

/** Adds a product by the form, whose server action answers. */
export async function addWithForm(page: Page, product: string): Promise<void> {
  await page.getByRole("button", { name: `Add ${product}`, exact: true }).click();
  await waitForMessage(page, `Added: ${product}.`);
}

/** Adds a product by the route handler. */
export async function addWithFetch(page: Page, product: string): Promise<void> {
  await page.getByRole("button", { name: `Add with fetch: ${product}` }).click();
  await waitForMessage(page, `Added with fetch: ${product}.`);
}

export async function waitForMessage(page: Page, text: string): Promise<void> {
  await page.getByTestId("flash").filter({ hasText: text }).waitFor();
}

/** The messages on the page. */
export function messages(page: Page): Promise<string[]> {
  return page.getByTestId("flash").allTextContents();
}

export async function whoIs(page: Page): Promise<string | null> {
  return page.getByTestId("who").textContent();
}

/** Why the page says that the session was refused. */
export async function rejection(page: Page): Promise<string | null> {
  return page.getByTestId("rejection").getByRole("code").textContent();
}

/** The cart's lines: "1 × Honey". */
export function cartLines(page: Page): Promise<string[]> {
  return page.getByTestId("cart").locator("li > span").allTextContents();
}

/** The demo's cookies as the `Cookie` header that a thief would send. */
export async function cookieHeader(context: BrowserContext): Promise<string> {
  const cookies = await context.cookies();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

/** The signed-in session's cookie alone. */
export async function sessionCookie(context: BrowserContext): Promise<string> {
  const session = (await context.cookies()).find(({ name }) => name === "demo");
  return `demo=${session?.value}`;
}

export async function cookieNames(context: BrowserContext): Promise<string[]> {
  return (await context.cookies()).map(({ name }) => name).sort();
}

/** A row of the session page. */
export function detail(page: Page, name: string): Promise<string> {
  return page.getByTestId(name).innerText();
}
