import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import "./style.css";

export const metadata: Metadata = {
  title: { default: "sealed-session demo", template: "%s · sealed-session demo" },
  description: "A small shop whose sessions live in the browser's cookie and can be revoked all the same.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
