// Has a process take itself for another version of Node.
Object.defineProperty(process, "versions", {
  value: { ...process.versions, node: process.env["NODE_VERSION_AT"] },
});
