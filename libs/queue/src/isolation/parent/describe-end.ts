import type { ChildEnd } from './child';
import type { IsolationOptions } from '../../options/isolation-options';

/** The usual meaning of a signal that ended a Node process. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGSEGV:
    'Native code accessed memory that it does not own: check the native packages that it uses.',
  SIGBUS:
    'Native code accessed memory that does not exist: check the native packages that it uses.',
  SIGKILL:
    'Something killed it, perhaps the operating system because the machine ran out of memory.',
};

/** The signals by which V8 ends a process whose heap is full. */
const OUT_OF_MEMORY: ReadonlySet<string> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL']);

/** Explains why a child ended unexpectedly, and what to do about it. */
export function describeEnd(
  { code, signal, error }: ChildEnd,
  { memoryLimit }: IsolationOptions,
  uncaught?: Error,
  leftBy?: string,
): string {
  if (uncaught !== undefined) {
    const where = leftBy === undefined ? '' : `, in code that job ${leftBy} had left running`;
    return `an error was not caught in it${where}: ${uncaught.message}`;
  }
  const memory =
    memoryLimit === undefined
      ? 'Give it less work at once, or more memory with `isolation.memoryLimit`.'
      : `Its memoryLimit is ${memoryLimit} MB: raise it, or give it less work at once.`;
  if (isOutOfMemory(error)) return `it ran out of memory. ${memory}`;
  if (signal !== undefined) {
    const hint = OUT_OF_MEMORY.has(signal)
      ? `Node ends this way when its memory is used up. ${memory}`
      : (SIGNALS[signal] ?? '');
    return `signal ${signal}. ${hint}`.trimEnd();
  }
  if (error !== undefined) return error.message;
  return `exit code ${code ?? 'unknown'}, as after process.exit(). Code that the handler uses called it: throw an error instead.`;
}

function isOutOfMemory(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
