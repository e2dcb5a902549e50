import { stripVTControlCharacters, styleText } from 'node:util';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** The caller knows whether the output is a terminal; without this, Node would check stdout. */
const ALWAYS = { validateStream: false };

/** Lines of several programs in one terminal, each prefixed with its program. */
export class PrefixedOutput {
  private readonly prefixes: ReadonlyMap<string, string>;

  constructor(
    names: readonly string[],
    private readonly write: (text: string) => void,
    readonly colours: boolean,
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

  /** Lines of npm start itself. */
  say(text: string): void {
    this.write(`${text}\n`);
  }

  /** For a heading. */
  strong(text: string): string {
    return this.colours ? styleText('bold', text, ALWAYS) : text;
  }
}

/** An application's own log is prefixed with its name too, possibly in colour. */
function withoutName(line: string, name: string): string {
  const own = `[${name}] `;
  const at = line.indexOf(own);
  const before = line.slice(0, Math.max(at, 0));
  return at >= 0 && stripVTControlCharacters(before) === ''
    ? before + line.slice(at + own.length)
    : line;
}
