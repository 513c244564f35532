import { removeFromCart } from "../app/actions/cart";
import { countCart, price } from "../lib/products";

export function Cart({ cart }: { readonly cart: readonly string[] }) {
  const lines = countCart(cart);
  const total = lines.reduce((sum, { product, count }) => sum + product.cents * count, 0);
  return (
    <section className="card stack" aria-labelledby="cart">
      <h2 id="cart">Cart</h2>
      {lines.length === 0 ? (
        <p className="hint">Nothing in it yet.</p>
      ) : (
        <>
          <ul className="lines" data-testid="cart">
            {lines.map(({ product, count }) => (
              <li key={product.id}>
                <span>
                  {count} × {product.name}
                </span>
                <form action={removeFromCart}>
                  <input type="hidden" name="item" value={product.id} />
                  <button className="plain" aria-label={`Remove one ${product.name}`}>
                    Remove
                  </button>
                </form>
              </li>
            ))}
          </ul>
          <p className="total">
            <span>Total</span> <strong>{price(total)}</strong>
          </p>
        </>
      )}
    </section>
  );
}
