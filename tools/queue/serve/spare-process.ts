import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ServedProcess, type ServedProcessOptions } from './served-process';

const SPARE = join(__dirname, 'spare.cjs');

/** What changes when packages are installed, with one package manager or another. */
const INSTALLED = ['node_modules', 'node_modules/.package-lock.json', 'node_modules/.modules.yaml'];

export interface SpareProcessOptions {
  readonly workspaceRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** The JSON file that lists what to load. */
  readonly modules: string;
}

/** A process that has loaded the packages of an application, and waits until there is a version of it to run. */
export class SpareProcess {
  private readonly process: ServedProcess;
  private readonly installed: string;
  private pid: number | undefined;
  private hasEnded = false;
  /** What it has printed so far, such as a warning of a package; undefined once it runs the application. */
  private held: string[] | undefined = [];
  private application: Pick<ServedProcessOptions, 'onLine' | 'onStarted'> | undefined;

  constructor(private readonly options: SpareProcessOptions) {
    const { workspaceRoot: cwd, env, modules } = options;
    this.installed = installedAt(cwd);
    this.process = new ServedProcess({
      main: SPARE,
      args: [modules],
      cwd,
      env,
      onLine: (line) => {
        if (this.held === undefined) this.application?.onLine(line);
        else this.held.push(line);
      },
      onStarted: (pid) => {
        this.pid = pid;
        this.application?.onStarted?.(pid);
      },
    });
    void this.process.exited.then(() => {
      this.hasEnded = true;
    });
  }

  /** @returns the process that runs the application from now on; undefined if this one cannot: it has ended */
  run({ main, args = [], onLine, onStarted }: ServedProcessOptions): ServedProcess | undefined {
    if (this.hasEnded || this.installed !== installedAt(this.options.workspaceRoot)) {
      void this.discard();
      return undefined;
    }
    this.application = { onLine, ...(onStarted ? { onStarted } : {}) };
    if (this.pid !== undefined) onStarted?.(this.pid);
    for (const line of this.held ?? []) onLine(line);
    this.held = undefined;
    this.process.run(main, args);
    return this.process;
  }

  /** Resolves when it has ended. */
  async discard(): Promise<void> {
    this.process.kill();
    await this.process.exited;
  }
}

function installedAt(workspaceRoot: string): string {
  return INSTALLED.map((path) =>
    String(statSync(join(workspaceRoot, path), { throwIfNoEntry: false })?.mtimeMs),
  ).join();
}
