import type { Deployment } from "./application.js";

/** The keys of every application, the older one first. */
export const SECRETS = [
  "kX3vJm0qZr8s1Yt5wBnE7uHcLpGdAoFi9TzQyR2x",
  "pW8rNz4LcV1xKb7QyT0mHs5GdJf2RuXe9AvMi6Zo",
] as const;

/** For libraries that seal with the first of a list, and open with all of it. */
export function keyList(keys: Deployment["keys"]): string[] {
  const [first, second] = SECRETS;
  return { one: [first], appended: [first, second], rotated: [second, first] }[keys];
}
