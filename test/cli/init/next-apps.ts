import type { Files } from "./project.js";

/** What create-next-app makes, without pictures and styles. */
export const TYPESCRIPT_APP = {
  "package.json": {
    name: "my-app",
    version: "0.1.0",
    private: true,
    scripts: { dev: "next dev", build: "next build", start: "next start" },
    dependencies: { next: "16.4.6", react: "19.3.1", "react-dom": "19.3.1", "sealed-session": "^0.1.0" },
    devDependencies: { "@types/node": "^20", "@types/react": "^19", "@types/react-dom": "^19", typescript: "^5" },
  },
  "tsconfig.json": {
    compilerOptions: {
      target: "ES2017",
      lib: ["dom", "dom.iterable", "esnext"],
      allowJs: true,
      skipLibCheck: true,
      strict: true,
      noEmit: true,
      esModuleInterop: true,
      module: "esnext",
      moduleResolution: "bundler",
      resolveJsonModule: true,
      isolatedModules: true,
      jsx: "react-jsx",
      incremental: true,
      plugins: [{ name: "next" }],
      paths: { "@/*": ["./*"] },
    },
    include: ["next-env.d.ts", "**/*.ts", "**/*.tsx", ".next/types/**/*.ts", ".next/dev/types/**/*.ts", "**/*.mts"],
    exclude: ["node_modules"],
  },
  "next.config.ts": `import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  /* config options here */
};

export default nextConfig;
`,
  ".gitignore": "/node_modules\n/.next/\n.env*\n*.tsbuildinfo\nnext-env.d.ts\n",
  "app/layout.tsx": `export default function RootLayout({ children }: Readonly<{ children: React.ReactNode }>) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
  "app/page.tsx": `export default function Home() {
  return <main>Hello</main>;
}
`,
} satisfies Files;

/** The same with --js, --src-dir and zod; its .gitignore does not know environment files. */
export const JAVASCRIPT_APP: Files = {
  "package.json": {
    ...TYPESCRIPT_APP["package.json"],
    dependencies: { ...TYPESCRIPT_APP["package.json"].dependencies, zod: "^4.0.0" },
    devDependencies: {},
  },
  "jsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } },
  "next.config.mjs": "const nextConfig = {};\n\nexport default nextConfig;\n",
  ".gitignore": "/node_modules\n/.next/",
  "src/app/layout.js": `export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
  "src/app/page.js": TYPESCRIPT_APP["app/page.tsx"],
};

/** The pages router alone, and no alias. */
export const PAGES_APP: Files = {
  "package.json": TYPESCRIPT_APP["package.json"],
  "tsconfig.json": {
    ...TYPESCRIPT_APP["tsconfig.json"],
    compilerOptions: { ...TYPESCRIPT_APP["tsconfig.json"].compilerOptions, paths: {} },
  },
  ".gitignore": TYPESCRIPT_APP[".gitignore"],
  "pages/index.tsx": TYPESCRIPT_APP["app/page.tsx"],
};

/** What `npm init -y` and `npm install next react react-dom sealed-session` make of an empty folder. */
export const EMPTY_APP: Files = {
  "package.json": {
    name: "my-app",
    version: "1.0.0",
    main: "index.js",
    type: "commonjs",
    dependencies: TYPESCRIPT_APP["package.json"].dependencies,
  },
};
