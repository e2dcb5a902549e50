import { join } from 'node:path';
import { ServedProcess, type ServedProcessOptions } from './served-process';
import { SpareProcess } from './spare-process';

/** In milliseconds: how long an application has run when the next process is prepared, which would take its processor time. */
const AFTER_START = 1_500;

export interface AppProcessesOptions {
  readonly workspaceRoot: string;
  /** The folder of the application's files. */
  readonly folder: string;
  /** Whether there is a spare process. */
  readonly preload: boolean;
  readonly args?: string[];
  readonly onLine: (line: string) => void;
  readonly onStarted: (pid: number) => void;
}

/**
 * The processes of an application that is served. Beside the one that runs there is a spare one, which has loaded the
 * same packages already: most of a start is that.
 *
 *     start -> 1.5 s later: a spare process loads what this one has loaded -> a change: it runs the new version
 */
export class AppProcesses {
  private spare: SpareProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly options: AppProcessesOptions) {}

  start(env: NodeJS.ProcessEnv): ServedProcess {
    const { workspaceRoot: cwd, folder, args, onLine, onStarted } = this.options;
    const options: ServedProcessOptions = {
      main: join(folder, 'main.js'),
      ...(args ? { args } : {}),
      cwd,
      env,
      onLine,
      onStarted,
    };
    clearTimeout(this.timer);
    const started = this.spare?.run(options) ?? new ServedProcess(options);
    this.spare = undefined;
    return started;
  }

  /** Prepares the next process, a while after this one has begun to start. */
  prepareNext(running: ServedProcess, env: NodeJS.ProcessEnv): void {
    clearTimeout(this.timer);
    if (!this.options.preload || isDebugged(env)) return;
    this.timer = setTimeout(() => {
      void this.prepare(running, env);
    }, AFTER_START);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.spare?.discard();
  }

  private async prepare(running: ServedProcess, env: NodeJS.ProcessEnv): Promise<void> {
    const { workspaceRoot, folder } = this.options;
    const modules = join(folder, 'modules.json');
    if (!(await running.listModules(modules)) || this.isStopped || running.isStopping) return;
    this.spare ??= new SpareProcess({ workspaceRoot, env, modules });
  }
}

/** Whether each process has an inspector: its port, and the debugger that waits for it, are for the one that runs. */
export function isDebugged({ NODE_OPTIONS = '' }: NodeJS.ProcessEnv): boolean {
  return NODE_OPTIONS.includes('--inspect');
}
