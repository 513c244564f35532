import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;
type Stream = NodeJS.WriteStream;

/** Where a command's data and words go. Data goes to stdout, words to stderr, colours to terminals only. */
export interface Terminal {
  /** A line of data. */
  readonly data: (line: string) => void;
  /** A line for people. */
  readonly say: (line: string) => void;
  /** Colours data, if stdout is a terminal that has colours and NO_COLOR does not forbid it. */
  readonly paint: Paint;
  /** The same for words. */
  readonly paintWords: Paint;
  /** Whether stdout is a terminal. */
  readonly interactive: boolean;
  /** Columns of stdout; 80 where it is none. */
  readonly width: number;
}

export function openTerminal(stdout: Stream, stderr: Stream): Terminal {
  return {
    data: (line) => void stdout.write(`${line}\n`),
    say: (line) => void stderr.write(`${line}\n`),
    paint: painter(stdout),
    paintWords: painter(stderr),
    interactive: stdout.isTTY || false,
    width: Math.min(stdout.columns ?? 80, 120),
  };
}

/** `hasColors()` knows NO_COLOR, FORCE_COLOR and the terminal. */
function painter(stream: Stream): Paint {
  const coloured = stream.isTTY && stream.hasColors();
  return (style, text) => (coloured && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}
