/**
 * Numbers that look random and are the same for one seed (mulberry32). Each actor has a stream of its own, so that
 * what one of them does, or how fast, changes nothing for the others.
 *
 * @param {number | string} seed
 * @param {string} [name] of the stream
 */
export function randomness(seed, name = "") {
  let state = hash(`${seed} ${name}`);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    /** @param {number} share */
    chance: (share) => next() < share,
    /** A whole number, both ends included. @param {number} least @param {number} most */
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    /** @template T @param {readonly T[]} list @returns {T} */
    pick: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
    /** By weight. @template {string} T @param {Readonly<Record<T, number>>} weights @returns {T} */
    weighted(weights) {
      const entries = /** @type {[T, number][]} */ (Object.entries(weights));
      let at = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) if ((at -= weight) < 0) return name;
      return /** @type {[T, number]} */ (entries[0])[0];
    },
    /** @template T @param {readonly T[]} list @returns {T[]} */
    shuffle(list) {
      const shuffled = [...list];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = Math.floor(next() * (last + 1));
        [shuffled[last], shuffled[other]] = [/** @type {T} */ (shuffled[other]), /** @type {T} */ (shuffled[last])];
      }
      return shuffled;
    },
  };
}

/** @typedef {ReturnType<typeof randomness>} Randomness */

/** FNV-1a. @param {string} text */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
