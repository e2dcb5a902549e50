import { columnsOf } from '@tools/queue/serve';

/** Where the lines of npm start go, and what they may look like there. */
export interface OutputTarget {
  write(text: string): void;
  readonly colours: boolean;
  /** Whether the last line may be drawn anew. */
  readonly moves: boolean;
  /** The width of the terminal now; undefined: there is none, as in a pipe or a file. */
  columns(): number | undefined;
}

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { write(text: string): unknown };

/** `NO_COLOR` (https://no-color.org) and a terminal that knows no control characters get plain lines. */
export function outputTarget(stream: Stream, env: NodeJS.ProcessEnv): OutputTarget {
  const isPlain = !stream.isTTY || Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb';
  return {
    write: (text) => stream.write(text),
    colours: !isPlain,
    moves: !isPlain,
    columns: () => columnsOf(stream),
  };
}
