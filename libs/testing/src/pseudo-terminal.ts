import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** Back to the beginning of a line, and empties it: how a line moves, here and in npm. */
const CLEAR_LINES = ['\r\u001b[2K', '\u001b[1G\u001b[0K'];

export interface PseudoTerminalOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** @default 80 */
  readonly columns?: number;
}

/** A command in a terminal, as a person has it: `script` of util-linux makes one. */
export class PseudoTerminal {
  /** Everything that was written, control characters included. */
  output = '';
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  /**
   * Whether one can be made here: macOS has another `script`, every Debian has this one, and some containers have no
   * terminals (`/dev/pts`).
   */
  static isAvailable(): boolean {
    const options = ['--quiet', '--flush', '--return', '--command', 'exit 7', '/dev/null'];
    return spawnSync('script', options, { stdio: ['pipe', 'ignore', 'ignore'] }).status === 7;
  }

  /** @param command of a shell */
  constructor(command: string, { cwd, env, columns = 80 }: PseudoTerminalOptions) {
    const line = `stty rows 24 cols ${columns}; exec ${command}`;
    this.child = spawn(
      'script',
      ['--quiet', '--flush', '--return', '--command', line, '/dev/null'],
      {
        cwd,
        env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** What can be read, scrolled lines included: without colours and what was drawn over. */
  get screen(): string {
    const lines = this.output.replaceAll('\r\n', '\n').split('\n');
    return stripVTControlCharacters(lines.map((line) => drawings(line).at(-1)).join('\n'));
  }

  /** What was drawn in a line that moves, the last time included, in order. */
  get moves(): string[] {
    const lines = this.output.split('\n').map(drawings);
    return lines
      .filter(({ length }) => length > 1)
      .flatMap((line) => line.map(stripVTControlCharacters));
  }

  /** Ctrl-C: the terminal sends SIGINT to all of its processes. */
  interrupt(): void {
    this.child.stdin?.write('\u0003');
  }

  /** Closes the window. */
  close(): void {
    this.child.kill('SIGTERM');
  }
}

function drawings(line: string): string[] {
  return CLEAR_LINES.reduce((parts, code) => parts.flatMap((part) => part.split(code)), [line]);
}
