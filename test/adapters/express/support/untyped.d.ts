/** Express 4, as far as it is used here, has the types of Express 5. */
declare module "express-4" {
  import express from "express";
  export default express;
}

declare module "express-session" {
  import type { RequestHandler } from "express";
  export default function session(options: object): RequestHandler;
}
