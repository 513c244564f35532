import { addToCart } from "../app/actions/cart";
import { price, PRODUCTS } from "../lib/products";
import { AddWithFetch } from "./add-with-fetch";

export function Products() {
  return (
    <section aria-labelledby="products">
      <h1 id="products">Shop</h1>
      <p className="hint">
        “Add” is a form with a server action; it works without JavaScript. The other asks a route handler.
      </p>
      <ul className="products">
        {PRODUCTS.map(({ id, name, about, cents }) => (
          <li key={id} className="card">
            <div>
              <h2>{name}</h2>
              <p className="hint">{about}</p>
            </div>
            <p className="price">{price(cents)}</p>
            <div className="actions">
              <form action={addToCart}>
                <input type="hidden" name="item" value={id} />
                <button className="primary" aria-label={`Add ${name}`}>
                  Add
                </button>
              </form>
              <AddWithFetch item={id} name={name} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
