import type { ReactNode } from "react";

export const metadata = { title: "Starter" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" style={{ colorScheme: "light dark", font: "1rem/1.5 system-ui", padding: "2rem" }}>
      <body>{children}</body>
    </html>
  );
}
