// Neither is sure to be there: node:sqlite comes with newer versions of Node, better-sqlite3 is the user's to install.
declare module "node:sqlite" {
  export const DatabaseSync: new (path: string) => import("./driver.js").SqliteDatabase;
}
declare module "better-sqlite3" {
  const Database: new (path: string) => import("./driver.js").SqliteDatabase;
  export default Database;
}
