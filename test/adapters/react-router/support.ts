import { createRequestHandler, type EntryContext, type ServerBuild } from "react-router";

type RouteModule = ServerBuild["routes"][string] extends infer Route | undefined
  ? Route extends { readonly module: infer Module }
    ? Module
    : never
  : never;

/** One route of an application: its path, the route it is nested in, and what its module exports. */
export interface TestRoute {
  readonly path?: string;
  readonly parentId?: string;
  readonly module: Partial<RouteModule>;
}

/** A route module's default export: with one, a route is a page; without, it answers by itself. */
export const page = (): null => null;

/**
 * React Router's own request handler for routes written by hand. A page is rendered as the JSON of what its loaders
 * gave.
 */
export function requestHandler(
  routes: Readonly<Record<string, TestRoute>>,
  errors: unknown[] = [],
): (request: Request) => Promise<Response> {
  const build = {
    entry: {
      module: {
        default: render,
        handleError: (error: unknown) => void errors.push(error),
      },
    },
    routes: Object.fromEntries(
      Object.entries(routes).map(([id, { path, parentId, module }]) => [id, { id, path, parentId, module }]),
    ),
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "1" },
    basename: "/",
    publicPath: "/",
    assetsBuildDirectory: "build",
    future: { v8_middleware: true },
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
  } as unknown as ServerBuild;
  const handle = createRequestHandler(build, "test");
  return (request) => handle(request);
}

function render(_request: Request, status: number, headers: Headers, { staticHandlerContext }: EntryContext): Response {
  const { loaderData, actionData } = staticHandlerContext;
  return new Response(JSON.stringify({ ...loaderData, ...actionData }), { status, headers });
}
