"use server";

import { redirect } from "next/navigation";
import { textOf } from "../../lib/form";
import { findProduct } from "../../lib/products";
import { getSession } from "../../lib/session";

export async function addToCart(form: FormData): Promise<void> {
  const product = findProduct(textOf(form, "item"));
  const session = await getSession();
  if (product) {
    session.data.cart.push(product.id);
    session.flash("notice", `Added: ${product.name}.`);
  }
  await session.save();
  redirect("/");
}

export async function removeFromCart(form: FormData): Promise<void> {
  const session = await getSession();
  const { cart } = session.data;
  const index = cart.indexOf(textOf(form, "item"));
  if (index !== -1) cart.splice(index, 1);
  await session.save();
  redirect("/");
}
