/** A line on a terminal that tells how far something is. Nothing where stderr is none. */
export interface Progress {
  readonly show: (words: string) => void;
  /** Takes the line away. */
  readonly end: () => void;
}

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  let shown = false;
  const replace = (words: string): void => void stream.write(`\r\x1b[2K${words}`);
  return {
    show(words) {
      shown = true;
      replace(words);
    },
    end() {
      if (shown) replace("");
      shown = false;
    },
  };
}
