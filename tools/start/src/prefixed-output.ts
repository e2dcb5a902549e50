import { stripVTControlCharacters, styleText } from 'node:util';
import { wrapSentences, wrapWords } from '@tools/queue/serve';
import type { OutputTarget } from './output-target';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** The caller knows whether the output is a terminal; without this, Node would check stdout. */
const ALWAYS = { validateStream: false };

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** In milliseconds. */
const FRAME_TIME = 100;

/** Back to the beginning of the line, and empties it. */
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Lines of several programs in one terminal, each prefixed with its program, and broken between words. The last line
 * shows what is being waited for: it moves, stays below all other lines, and is gone at the end. Where no line can
 * move, it is written once.
 */
export class PrefixedOutput {
  private readonly prefixes: ReadonlyMap<string, string>;
  private waiting: { text: string; since: number; timer: NodeJS.Timeout } | undefined;

  constructor(
    names: readonly string[],
    private readonly target: OutputTarget,
  ) {
    const width = Math.max(...names.map((name) => name.length));
    this.prefixes = new Map(
      names.map((name, index) => {
        const prefix = `[${name}]`.padEnd(width + 2);
        const colour = COLOURS[index % COLOURS.length] ?? 'cyan';
        return [name, target.colours ? styleText(colour, prefix, ALWAYS) : prefix];
      }),
    );
  }

  get colours(): boolean {
    return this.target.colours;
  }

  /** The width of the terminal; undefined: there is none. */
  get columns(): number | undefined {
    return this.target.columns();
  }

  /** Lines of a program. */
  of(name: string): (line: string) => void {
    const prefix = this.prefixes.get(name) ?? `[${name}]`;
    const indent = ' '.repeat(stripVTControlCharacters(prefix).length + 1);
    return (line) => {
      const text = shorten(line, name);
      // A line of JSON is for programs.
      const isJson = /^\{.*\}$/.test(line);
      const columns =
        isJson || this.columns === undefined ? undefined : this.columns - indent.length;
      this.write(`${prefix} ${wrapWords(text, columns).replaceAll('\n', `\n${indent}`)}\n`);
    };
  }

  /** Shows what is being waited for, with the seconds that it takes; undefined: nothing any more. */
  wait(text: string | undefined): void {
    if (!this.target.moves) {
      if (text !== undefined) this.say(`${text} …`);
      return;
    }
    if (this.waiting) {
      clearInterval(this.waiting.timer);
      this.target.write(CLEAR_LINE);
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
    const line = `${frame} ${this.waiting.text} (${Math.floor(time / 1_000)} s)`;
    // Of a line that the terminal breaks, only the second part could be cleared.
    this.target.write(`${CLEAR_LINE}${line.slice(0, this.columns)}`);
  }

  private write(text: string): void {
    if (this.waiting) this.target.write(CLEAR_LINE);
    this.target.write(text);
    this.drawWaiting();
  }

  /** Lines of npm start itself, as they are. */
  say(text: string): void {
    this.write(`${text}\n`);
  }

  /** The same, with its lines broken between words. */
  saySentences(text: string): void {
    this.say(wrapSentences(text, this.columns));
  }

  /** For a heading. */
  strong(text: string): string {
    return this.colours ? styleText('bold', text, ALWAYS) : text;
  }
}

/** With the spaces that align the levels, and the colour between. */
const TIME = /(\d{4}-\d\d-\d\dT[\d:.]+Z) +(\S*?) *(?=[A-Z])/;

/**
 * An application's own log begins with its name, its process id and the whole time, possibly in colour. Here the time of
 * day is enough: `14:03:07 LOG `.
 */
function shorten(line: string, name: string): string {
  const own = `[${name}] `;
  const at = line.indexOf(own);
  const before = line.slice(0, Math.max(at, 0));
  if (at < 0 || stripVTControlCharacters(before) !== '') return line;
  const rest = line.slice(at + own.length).replace(/^\d+ +- /, '');
  return (
    before + rest.replace(TIME, (_, time: string, colour: string) => `${timeOfDay(time)} ${colour}`)
  );
}

/** By the clock of this machine. */
function timeOfDay(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}
