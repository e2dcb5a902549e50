import { stripVTControlCharacters, styleText } from 'node:util';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** The caller knows whether the output is a terminal; without this, Node would check stdout. */
const ALWAYS = { validateStream: false };

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** In milliseconds. */
const FRAME_TIME = 100;

/** Back to the beginning of the line, and empties it. */
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Lines of several programs in one terminal, each prefixed with its program. On a terminal the last line may show what
 * is being waited for: it moves, stays below all other lines, and is gone at the end.
 */
export class PrefixedOutput {
  private readonly prefixes: ReadonlyMap<string, string>;
  private waiting: { text: string; since: number; timer: NodeJS.Timeout } | undefined;

  constructor(
    names: readonly string[],
    private readonly print: (text: string) => void,
    readonly colours: boolean,
    private readonly isTerminal = false,
  ) {
    const width = Math.max(...names.map((name) => name.length));
    this.prefixes = new Map(
      names.map((name, index) => {
        const prefix = `[${name}]`.padEnd(width + 2);
        const colour = COLOURS[index % COLOURS.length] ?? 'cyan';
        return [name, colours ? styleText(colour, prefix, ALWAYS) : prefix];
      }),
    );
  }

  /** Lines of a program. */
  of(name: string): (line: string) => void {
    const prefix = this.prefixes.get(name) ?? `[${name}]`;
    return (line) => {
      this.write(`${prefix} ${withoutName(line, name)}\n`);
    };
  }

  /** Shows what is being waited for, with the seconds that it takes; undefined: nothing any more. */
  wait(text: string | undefined): void {
    if (!this.isTerminal) return;
    if (this.waiting) {
      clearInterval(this.waiting.timer);
      this.print(CLEAR_LINE);
      this.waiting = undefined;
    }
    if (text === undefined) return;
    const timer = setInterval(() => {
      this.drawWaiting();
    }, FRAME_TIME);
    this.waiting = { text, since: Date.now(), timer };
    this.drawWaiting();
  }

  private drawWaiting(): void {
    if (!this.waiting) return;
    const time = Date.now() - this.waiting.since;
    const frame = FRAMES[Math.floor(time / FRAME_TIME) % FRAMES.length] ?? '';
    this.print(`${CLEAR_LINE}${frame} ${this.waiting.text} (${Math.floor(time / 1_000)} s)`);
  }

  private write(text: string): void {
    if (this.waiting) this.print(CLEAR_LINE);
    this.print(text);
    this.drawWaiting();
  }

  /** Lines of npm start itself. */
  say(text: string): void {
    this.write(`${text}\n`);
  }

  /** For a heading. */
  strong(text: string): string {
    return this.colours ? styleText('bold', text, ALWAYS) : text;
  }
}

/** An application's own log begins with its name and its process id, possibly in colour: `[api] 4711  - `. */
function withoutName(line: string, name: string): string {
  const own = `[${name}] `;
  const at = line.indexOf(own);
  const before = line.slice(0, Math.max(at, 0));
  if (at < 0 || stripVTControlCharacters(before) !== '') return line;
  return before + line.slice(at + own.length).replace(/^\d+ +- /, '');
}
