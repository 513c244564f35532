/**
 * What a ring file is refused for, unless one insists.
 *
 * - `symlink`: the path is a symbolic link (a Kubernetes mount is one)
 * - `permissions`: others than its owner can read or write it
 * - `git`: git would commit it, or has
 */
export type Allowance = "symlink" | "permissions" | "git";

export const ALLOWANCES: readonly Allowance[] = ["symlink", "permissions", "git"];
