import { findProduct } from "../../../lib/products";
import { withSession } from "../../../lib/session";

export const GET = withSession((_request, session) => Response.json({ cart: session.data.cart }));

/** `withSession` saves when the handler is done. */
export const POST = withSession(async (request, session) => {
  const body: unknown = await request.json().catch(() => null);
  const product = findProduct((body as { item?: unknown } | null)?.item);
  if (!product) return Response.json({ error: "There is no such product." }, { status: 400 });
  session.data.cart.push(product.id);
  session.flash("notice", `Added with fetch: ${product.name}.`);
  return Response.json({ cart: session.data.cart });
});
