import { styleText } from 'node:util';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** Lines of several programs in one terminal: each begins with whose it is. */
export class PrefixedOutput {
  private readonly prefixes: ReadonlyMap<string, string>;

  constructor(
    names: readonly string[],
    private readonly write: (text: string) => void,
    private readonly colours: boolean,
  ) {
    const width = Math.max(...names.map((name) => name.length));
    this.prefixes = new Map(
      names.map((name, index) => {
        const prefix = `[${name}]`.padEnd(width + 2);
        const colour = COLOURS[index % COLOURS.length] ?? 'cyan';
        return [name, colours ? styleText(colour, prefix) : prefix];
      }),
    );
  }

  /** Lines of a program. */
  of(name: string): (line: string) => void {
    const prefix = this.prefixes.get(name) ?? `[${name}]`;
    return (line) => {
      this.write(`${prefix} ${line}\n`);
    };
  }

  /** Lines of npm start itself. */
  say(text: string): void {
    this.write(`${text}\n`);
  }

  strong(text: string): string {
    return this.colours ? styleText('bold', text) : text;
  }
}
