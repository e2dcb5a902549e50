import { mkdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { ServedProcess } from './served-process';

const SHOWN = 5;
/** In a file, or of the settings as a whole. */
const ERROR = /^(?:.+\(\d+,\d+\): )?error TS\d+: /;
/** An error of the syntax: what the compiler would find beside it follows from it. */
const SYNTAX = /error TS1\d{3}: /;
const ROUND_STARTS = /(?:Starting compilation|File change detected)/;
const ROUND_ENDS = /Found (\d+) errors?\./;

/** The bundler has shown the errors of the syntax of what it could not bundle. */
export interface BundlingState {
  /** Whether the sources are bundled as they were last. */
  readonly isBundled: boolean;
  /** How often they could not be bundled. */
  readonly failures: number;
}

export interface TypeCheckerOptions {
  workspaceRoot: string;
  tsConfig: string;
  /** Where to keep what is known from the last run, so that the next one starts sooner. */
  buildInfo: string;
  env: NodeJS.ProcessEnv;
  bundling: () => BundlingState;
  onLine: (line: string) => void;
}

/**
 * The TypeScript compiler beside the application, watching: it reports type errors, and neither the
 * bundler nor the application waits for it.
 */
export class TypeChecker {
  private readonly process: ServedProcess;
  private readonly onLine: (line: string) => void;
  private readonly bundling: () => BundlingState;
  /** When the compiler began to look at the sources: it may end when they are others. */
  private before: BundlingState;
  private errors: string[] = [];
  private hadErrors = false;

  constructor({ workspaceRoot, tsConfig, buildInfo, env, bundling, onLine }: TypeCheckerOptions) {
    this.onLine = onLine;
    this.bundling = bundling;
    this.before = bundling();
    mkdirSync(dirname(buildInfo), { recursive: true });
    this.process = new ServedProcess({
      main: require.resolve('typescript/bin/tsc', { paths: [workspaceRoot] }),
      args: [
        ...['--project', tsConfig, '--noEmit', '--watch', '--preserveWatchOutput'],
        ...['--incremental', '--tsBuildInfoFile', buildInfo, '--pretty', 'false'],
      ],
      cwd: workspaceRoot,
      env,
      onLine: (line) => {
        this.read(line);
      },
      onStarted: (pid) => {
        setPriority(pid, constants.priority.PRIORITY_LOW);
      },
    });
  }

  async stop(): Promise<void> {
    this.process.kill();
    await this.process.exited;
  }

  private read(line: string): void {
    if (ROUND_STARTS.test(line)) {
      this.errors = [];
      this.before = this.bundling();
    } else if (ERROR.test(line)) this.errors.push(line);
    else if (ROUND_ENDS.test(line)) this.report();
  }

  private report(): void {
    const errors = this.wasBundled()
      ? this.errors
      : this.errors.filter((line) => !SYNTAX.test(line));
    const { length } = errors;
    if (length > 0) {
      this.onLine(length === 1 ? 'One type error:' : `${length} type errors:`);
      for (const error of errors.slice(0, SHOWN)) this.onLine(`  ${error}`);
      if (length > SHOWN) this.onLine(`  and ${length - SHOWN} more`);
    } else if (this.hadErrors && this.errors.length === 0) {
      this.onLine('No type errors any more.');
    }
    this.hadErrors ||= length > 0;
    if (this.errors.length === 0) this.hadErrors = false;
  }

  /** Whether the bundler could bundle whatever this round may have looked at. */
  private wasBundled(): boolean {
    const { isBundled, failures } = this.bundling();
    return isBundled && this.before.isBundled && failures === this.before.failures;
  }
}
