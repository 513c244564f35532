import { Cart } from "../components/cart";
import { Products } from "../components/products";
import { Shell } from "../components/shell";
import { SignIn } from "../components/sign-in";
import { getSession } from "../lib/session";

export default async function ShopPage() {
  const session = await getSession();
  return (
    <Shell at="/">
      <div className="columns">
        <Products />
        <div className="stack">
          {session.subject === undefined && <SignIn returnTo="/" />}
          <Cart cart={session.data.cart} />
        </div>
      </div>
    </Shell>
  );
}
