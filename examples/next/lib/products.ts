export interface Product {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly cents: number;
}

export const PRODUCTS: readonly Product[] = [
  { id: "tea", name: "Green tea", about: "Loose leaf, 100 g", cents: 890 },
  { id: "coffee", name: "Coffee", about: "Whole beans, 250 g", cents: 1150 },
  { id: "honey", name: "Honey", about: "From the linden trees next door", cents: 740 },
  { id: "cup", name: "Cup", about: "Stoneware, holds 0.3 l", cents: 1600 },
];

export function findProduct(id: unknown): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

/** The cart's products with how often each is in it. */
export function countCart(cart: readonly string[]): { readonly product: Product; readonly count: number }[] {
  return PRODUCTS.map((product) => ({ product, count: cart.filter((id) => id === product.id).length })).filter(
    ({ count }) => count > 0,
  );
}

export function price(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
