import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const KEPT_BY_TOOLS = new Set(['node_modules', '.git', '.nx']);

/** A workspace in a folder of its own, whose packages come from a registry. */
export class CreatedWorkspace {
  private readonly started: RunningProgram[] = [];

  constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    /** What its package manager wants before a program of an installed package. */
    private readonly execPrefix: readonly [string, ...string[]] = ['npx'],
  ) {}

  /** Shows what a command prints, and resolves to it. Rejects if the command fails. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const line = [command, ...args].join(' ');
    process.stdout.write(`\n> ${line}\n`);
    const child = spawn(command, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      printed += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`"${line}" ended with exit code ${code}.`);
    return printed;
  }

  /** Runs a program of an installed package, as `run` does. */
  exec(...args: readonly string[]): Promise<string> {
    const [command, ...first] = this.execPrefix;
    return this.run(command, ...first, ...args);
  }

  nx(...args: readonly string[]): Promise<string> {
    return this.exec('nx', ...args);
  }

  /** The JavaScript behind the command of an installed package; what lies in .bin may be a script for a shell. */
  programOf(name: string): string {
    const folder = join(this.folder, 'node_modules', name);
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      bin: Readonly<Record<string, string>>;
    };
    return join(folder, bin[name] ?? '');
  }

  /** What a command prints. */
  async read(command: string, ...args: readonly string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.env };
    return (await execute(command, [...args], options)).stdout;
  }

  readText(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /**
   * All of its files, by path, with what is in them, and its empty folders; without what tools keep for themselves, such as
   * the node_modules that some package managers write into each package.
   */
  files(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const add = (path: string) => {
      const entries = readdirSync(join(this.folder, path), { withFileTypes: true });
      if (entries.length === 0) found.set(path, '');
      for (const entry of entries.filter(({ name }) => !KEPT_BY_TOOLS.has(name))) {
        const place = join(path, entry.name);
        if (entry.isDirectory()) add(place);
        else found.set(place, readFileSync(join(this.folder, place), 'base64'));
      }
    };
    add('.');
    return found;
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

  /** A copy of one of its folders, outside of it, with the same environment. */
  copyOf(path: string): CreatedWorkspace {
    const copy = join(dirname(this.folder), 'copies', path);
    cpSync(join(this.folder, path), copy, { recursive: true });
    return new CreatedWorkspace(copy, this.env, this.execPrefix);
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
