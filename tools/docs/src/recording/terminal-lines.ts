/** A part of a line that looks the same. */
export interface Span extends Look {
  readonly text: string;
}

export type Line = readonly Span[];

interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  /** Of the eight colours of a terminal, 0 (black) to 7 (white); undefined for that of plain text. */
  readonly color: number | undefined;
}

const PLAIN: Look = { bold: false, dim: false, color: undefined };

const ESCAPE = '\u001b';
/** A control sequence with its parameters and its letter, or one character. */
const TOKEN = new RegExp(`${ESCAPE}\\[\\??([\\d;]*)([A-Za-z])|([^])`, 'gu');

/**
 * What a terminal shows of this output, scrolled lines included. It knows what programs use whose lines move: the cursor
 * goes back in its line or up, and lines are erased; bold and dim text, and eight colours.
 *
 * @param columns after which a line goes on in the next one
 */
export function terminalLines(output: string, columns: number): Line[] {
  const screen = new Screen(columns);
  for (const [, parameters = '', letter, character] of output.matchAll(TOKEN)) {
    if (character !== undefined) screen.write(character);
    else screen.control(letter ?? '', parameters);
  }
  return screen.lines();
}

interface Cell {
  readonly character: string;
  readonly look: Look;
}

class Screen {
  private readonly rows: Cell[][] = [[]];
  private row = 0;
  private column = 0;
  private look = PLAIN;

  constructor(private readonly columns: number) {}

  write(character: string): void {
    if (character === '\r') this.column = 0;
    else if (character === '\n') this.moveTo(this.row + 1);
    else if (character >= ' ') {
      if (this.column === this.columns) {
        this.moveTo(this.row + 1);
        this.column = 0;
      }
      this.current()[this.column] = { character, look: this.look };
      this.column += 1;
    }
  }

  /** Other sequences, such as those that hide the cursor, change nothing that can be read. */
  control(letter: string, parameters: string): void {
    const number = Number(parameters);
    if (letter === 'm') this.look = parameters.split(';').map(Number).reduce(changed, this.look);
    else if (letter === 'G') this.column = Math.max(number - 1, 0);
    else if (letter === 'A') this.moveTo(this.row - (number || 1));
    else if (letter === 'K') this.current().length = number === 2 ? 0 : this.erasedFrom();
    else if (letter === 'J' && number === 0) {
      this.current().length = this.erasedFrom();
      this.rows.length = this.row + 1;
    }
  }

  lines(): Line[] {
    return this.rows.map((cells) => {
      const spans: { text: string; look: Look }[] = [];
      // A place that was passed over is empty.
      for (const { character, look } of Array.from(cells, (cell?: Cell) => cell ?? BLANK)) {
        const last = spans.at(-1);
        if (last?.look === look) last.text += character;
        else spans.push({ text: character, look });
      }
      return spans.map(({ text, look }) => ({ text, ...look }));
    });
  }

  private current(): Cell[] {
    return (this.rows[this.row] ??= []);
  }

  private erasedFrom(): number {
    return Math.min(this.column, this.current().length);
  }

  private moveTo(row: number): void {
    this.row = Math.max(row, 0);
    while (this.rows.length <= this.row) this.rows.push([]);
  }
}

const BLANK: Cell = { character: ' ', look: PLAIN };

/** `code` as in `ESC[1;33m`: 0 or nothing ends all, the bright colours are the plain ones. */
function changed(before: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...before, bold: true };
  if (code === 2) return { ...before, dim: true };
  if (code === 22) return { ...before, bold: false, dim: false };
  if (code === 39) return { ...before, color: undefined };
  const isColor = (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
  return isColor ? { ...before, color: code % 10 } : before;
}
