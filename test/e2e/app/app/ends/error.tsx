"use client";

export default function EndsError({ error }: { readonly error: Error }) {
  return <p id="error">{error.message}</p>;
}
