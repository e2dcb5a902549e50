import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program that runs in a workspace until it is stopped. */
export interface RunningProgram {
  /** Resolves once a line of it matches, also if that was before; rejects if the program ends. */
  untilLine(pattern: RegExp): Promise<void>;
  /** Sends SIGTERM, and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** A workspace in a folder of its own, whose packages come from a registry. */
export class CreatedWorkspace {
  private readonly started: RunningProgram[] = [];

  constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Rejects if the command fails. */
  async run(command: string, ...args: readonly string[]): Promise<void> {
    const line = [command, ...args].join(' ');
    process.stdout.write(`\n> ${line}\n`);
    const child = spawn(command, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`"${line}" ended with exit code ${code}.`);
  }

  /** What a command prints. */
  async read(command: string, ...args: readonly string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.env };
    return (await execute(command, [...args], options)).stdout;
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Starts a program of a built application, or another one. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProgram {
    return this.startCommand('node', args, env);
  }

  /** Starts a command that runs until it is stopped. */
  startCommand(
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): RunningProgram {
    process.stdout.write(`\n> ${[command, ...args].join(' ')}\n`);
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const program = new Program(child);
    this.started.push(program);
    return program;
  }

  /** Stops what still runs. */
  async stopAll(): Promise<void> {
    await Promise.all(this.started.map((program) => program.stop()));
  }

  /** A folder of it, with the same environment. */
  within(folder: string): CreatedWorkspace {
    return new CreatedWorkspace(join(this.folder, folder), this.env);
  }

  async commit(): Promise<void> {
    const person = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.com'];
    await this.read('git', 'add', '--all');
    await this.read('git', ...person, 'commit', '--quiet', '--message', 'as it is');
  }
}

class Program implements RunningProgram {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly ended: Promise<number | null>;
  private isEnded = false;

  constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error('Its output is not read.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      this.lines.push(line);
      this.notify();
    });
    this.ended = once(child, 'close').then(([code]) => {
      this.isEnded = true;
      this.notify();
      return code as number | null;
    });
  }

  untilLine(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const isThere = this.lines.some((line) => pattern.test(line));
        if (!isThere && !this.isEnded) return;
        this.listeners.delete(look);
        if (isThere) resolve();
        else reject(new Error(`The program ended, and printed no line like ${String(pattern)}.`));
      };
      this.listeners.add(look);
      look();
    });
  }

  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  private notify(): void {
    for (const look of [...this.listeners]) look();
  }
}
