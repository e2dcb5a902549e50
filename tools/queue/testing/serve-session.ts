import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { until } from '@libs/testing';
import type { ServeOptions, ServedProject } from '../serve/serve-options';
import { compiledServeDriver } from './compile-driver';
import type { FixtureWorkspace } from './fixture-workspace';

export interface ServeDriverInput {
  options: ServeOptions;
  root: string;
  projectName: string;
  projectsConfigurations: { projects: Record<string, ServedProject> };
}

export interface ServeSessionOptions extends ServeOptions {
  projects: Record<string, ServedProject>;
  env?: NodeJS.ProcessEnv;
}

/** A running `serve`, in a process group of its own, as a terminal has one for each command. */
export class ServeSession {
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;
  private text = '';
  private position = 0;

  constructor(
    workspace: FixtureWorkspace,
    project: string,
    { projects, env, ...options }: ServeSessionOptions,
  ) {
    const input: ServeDriverInput = {
      options: { typeCheck: false, checkBundle: false, preload: false, ...options },
      root: workspace.root,
      projectName: project,
      projectsConfigurations: { projects },
    };
    this.child = spawn(process.execPath, [compiledServeDriver(), JSON.stringify(input)], {
      cwd: workspace.root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.text += stripVTControlCharacters(text);
      });
    }
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** All that was printed up to now. */
  get output(): string {
    return this.text;
  }

  /** Waits for a text that comes after what was waited for before; resolves to the rest of its line. */
  async next(text: string): Promise<string> {
    const found = await until(
      () => {
        const index = this.text.indexOf(text, this.position);
        return index >= 0 && this.text.includes('\n', index) ? { index } : undefined;
      },
      { timeout: 60_000, what: `"${text}" in the output of serve` },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)} It printed:\n${this.text}`, { cause: error });
    });
    this.position = found.index + text.length;
    return this.text.slice(this.position, this.text.indexOf('\n', this.position)).trim();
  }

  /** A signal for the process alone, as `kill` sends it. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid(), signal);
  }

  /** SIGINT for the whole process group, as a terminal sends it. */
  pressCtrlC(): void {
    process.kill(-this.pid(), 'SIGINT');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.signal('SIGTERM');
    await this.ended;
  }

  private pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('serve was not started');
    return pid;
  }
}
