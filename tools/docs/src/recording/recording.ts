import { setTimeout as pause } from 'node:timers/promises';
import type { PseudoTerminal } from '@libs/testing';
import type { Frame, ScreenSize } from './recording-svg';
import { type Line, terminalLines } from './terminal-lines';

/** In milliseconds, between two looks at a terminal. */
const SAMPLE = 400;
/** In milliseconds: how long a frame is shown at most, while the terminal only waits. */
const LONGEST = 900;
/** In milliseconds, for what is to be read. */
const TO_READ = 4_000;
/** In milliseconds, for each character that is typed. */
const TYPED = 35;

const PROMPT: Line = [{ text: '$ ', bold: false, dim: true, color: undefined }];

/** One tab of the terminal: what was done in it up to now. */
export class Tab {
  lines: readonly Line[] = [];
  constructor(readonly title: string) {}
}

/** What one sees who watches the tabs of a terminal. */
export class Recording {
  readonly frames: Frame[] = [];
  private readonly begin = Date.now();

  constructor(private readonly size: ScreenSize) {}

  /** A person types a command, which then runs in `terminal`. It is shown until `isOver`. */
  async command(
    tab: Tab,
    typed: string,
    terminal: () => PseudoTerminal,
    isOver: (terminal: PseudoTerminal) => boolean,
  ): Promise<PseudoTerminal> {
    for (let length = 0; length <= typed.length; length += 2) {
      this.show(tab, [...tab.lines, withCommand(typed.slice(0, length))], TYPED * 2);
    }
    tab.lines = [...tab.lines, ...wrapped(typed, this.size.columns)];
    const running = terminal();
    await this.watch(tab, running, () => isOver(running));
    return running;
  }

  /** Shows what comes in a tab until something is there. */
  async watch(tab: Tab, terminal: PseudoTerminal, isOver: () => boolean): Promise<void> {
    const before = tab.lines;
    let seen = 'nothing yet';
    for (;;) {
      const last = isOver();
      if (terminal.output !== seen) {
        seen = terminal.output;
        const lines = terminalLines(seen, this.size.columns);
        while (lines.at(-1)?.length === 0) lines.pop();
        tab.lines = [...before, ...lines];
        this.show(tab, tab.lines, 0);
      }
      if (last) break;
      await pause(SAMPLE);
      this.extend(SAMPLE);
    }
    this.extend(TO_READ, TO_READ);
  }

  private show({ title }: Tab, all: readonly Line[], shown: number): void {
    const lines = all.slice(-this.size.rows);
    this.frames.push({ title, lines, at: Date.now() - this.begin, shown });
  }

  /** The last frame stays for longer. */
  private extend(by: number, longest = LONGEST): void {
    const last = this.frames.pop();
    if (last) this.frames.push({ ...last, shown: Math.min(last.shown + by, longest) });
  }
}

function withCommand(text: string): Line {
  return [...PROMPT, { text, bold: true, dim: false, color: undefined }];
}

function wrapped(typed: string, columns: number): Line[] {
  return terminalLines(`\u001b[2m$ \u001b[0;1m${typed}`, columns);
}
