import type { ChildEnd } from './child';
import type { IsolationOptions } from '../../options/isolation-options';

/** What it usually means when a signal ends a process that Node runs. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGSEGV:
    'Native code has touched memory that is not its own: look at the native packages it uses.',
  SIGBUS: 'Native code has touched memory that is not there: look at the native packages it uses.',
  SIGKILL:
    'Somebody has killed it, or the operating system has because the machine ran out of memory.',
};

/** How V8 ends a process whose heap is full. */
const OUT_OF_MEMORY: ReadonlySet<string> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL']);

/** Why a child has ended that was not told to, and what to do about it. */
export function describeEnd(
  { code, signal, error }: ChildEnd,
  { memoryLimit }: IsolationOptions,
  uncaught?: Error,
): string {
  if (uncaught !== undefined) return `an error was not caught in it: ${uncaught.message}`;
  const memory =
    memoryLimit === undefined
      ? 'Give it less to do at once, or more memory with `isolation.memoryLimit`.'
      : `Its memoryLimit is ${memoryLimit} MB: raise it, or give it less to do at once.`;
  if (isOutOfMemory(error)) return `it has used up its memory. ${memory}`;
  if (signal !== undefined) {
    const hint = OUT_OF_MEMORY.has(signal)
      ? `That is how Node ends when its memory is used up. ${memory}`
      : (SIGNALS[signal] ?? '');
    return `signal ${signal}. ${hint}`.trimEnd();
  }
  if (error !== undefined) return error.message;
  return `exit code ${code ?? 'unknown'}, as after process.exit(). Something that the handler uses has called it: throw an error instead.`;
}

function isOutOfMemory(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
