import { asError } from './end-attempt';
import { type AttemptMark, currentAttempt } from './attempt-scope';
import type { CrashReason } from './job-crashed.error';
import { REQUEUE_TIME } from '../options/shutdown-budget';
import { reasonOf } from '../text/reason-of';
import { settleWithin } from '../timing/settle-within';

/** The exit code of Node for an error that was not caught. */
const UNCAUGHT = 1;

type ExitCode = Parameters<typeof process.exit>[0];

/** A process is about to end by itself. */
export interface Crash extends CrashReason {
  /** The attempt whose code did it; it may have ended. Undefined if unknown. */
  readonly attempt: AttemptMark | undefined;
}

/** Saves what can be saved. What it throws is ignored. */
type CrashHandler = (crash: Crash) => Promise<unknown>;

/**
 * Gives the workers of this process a moment before it ends, because of an error that was not caught or because
 * a job has called `process.exit()`. The exit code stays the same.
 *
 *     running ──uncaught, exit──▶ handlers, at most REQUEUE_TIME ──▶ last steps ──▶ ended
 *
 * After an uncaught error the state of the process is unknown, so it always ends, even if another listener of
 * the application would keep it. A crash in native code, `kill -9` and a full heap leave no moment.
 */
class ProcessCrashes {
  private readonly handlers = new Set<CrashHandler>();
  private readonly lastSteps = new Set<() => Promise<unknown>>();
  /** Node's own `process.exit`. */
  private original: PropertyDescriptor | undefined;
  private isEnding = false;

  /** @returns a function that takes the handler away again */
  watch(handler: CrashHandler): () => void {
    if (this.handlers.size === 0) this.install();
    this.handlers.add(handler);
    return () => {
      this.handlers.delete(handler);
      if (this.handlers.size === 0 && !this.isEnding) this.uninstall();
    };
  }

  /**
   * @param step runs after the handlers, and limits its own time; without handlers it never runs
   * @returns a function that takes it away again
   */
  beforeEnd(step: () => Promise<unknown>): () => void {
    this.lastSteps.add(step);
    return () => {
      this.lastSteps.delete(step);
    };
  }

  private install(): void {
    // Before all listeners: another one may end the process itself.
    process.on('uncaughtExceptionMonitor', this.onUncaught);
    process.on('uncaughtException', keepAlive);
    this.original = Object.getOwnPropertyDescriptor(process, 'exit');
    process.exit = this.exitOfJob;
  }

  private uninstall(): void {
    process.off('uncaughtExceptionMonitor', this.onUncaught);
    process.off('uncaughtException', keepAlive);
    const isOurs = Reflect.get(process, 'exit') === this.exitOfJob;
    if (isOurs && this.original !== undefined)
      Object.defineProperty(process, 'exit', this.original);
  }

  private readonly onUncaught = (thrown: unknown): void => {
    const reason = `an error was not caught: ${reasonOf(thrown)}`;
    const advice = "Await every promise, and listen to 'error' of every stream and client.";
    this.end({ reason, advice, error: asError(thrown), attempt: currentAttempt() }, UNCAUGHT);
  };

  /** In place of `process.exit`. It throws, so that the code that called it does not go on. */
  private readonly exitOfJob = (code?: ExitCode): never => {
    const attempt = currentAttempt();
    if (attempt === undefined) return this.endNow(code);
    const error = new Error(`process.exit(${code ?? ''}) was called`);
    this.end({ reason: error.message, advice: 'Throw an error instead.', error, attempt }, code);
    throw error;
  };

  private end(crash: Crash, code: ExitCode): void {
    // What fails meanwhile is a consequence.
    if (this.isEnding) return;
    this.isEnding = true;
    const handled = Promise.allSettled([...this.handlers].map((handler) => handler(crash)));
    void settleWithin(REQUEUE_TIME, handled)
      .then(() => Promise.allSettled([...this.lastSteps].map((step) => step())))
      .then(() => this.endNow(code));
  }

  private endNow(code: ExitCode): never {
    const exit = this.original?.value as typeof process.exit;
    return exit.call(process, code);
  }
}

function keepAlive(): void {
  // The process ends when the handlers are done.
}

/** That of this process. */
export const processCrashes = new ProcessCrashes();
