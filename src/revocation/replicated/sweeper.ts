/**
 * Removes from a map what is over, a few entries at a time and round and round: no pass over a large map holds up a
 * request, and no timer is needed.
 *
 * @returns looks at the next `count` entries
 */
export function newSweeper<K, V>(
  map: Map<K, V>,
  isOver: (value: V, now: number) => boolean,
): (count: number, now: number) => void {
  let entries = map.entries();
  return (count, now) => {
    for (let i = 0; i < count; i++) {
      const next = entries.next();
      if (next.done) {
        entries = map.entries();
        return;
      }
      const [key, value] = next.value;
      if (isOver(value, now)) map.delete(key);
    }
  };
}
