import { getHeapStatistics } from 'node:v8';
import { Logger } from '@nestjs/common';

/** What the operating system and Node allow this process. */
export interface ProcessLimits {
  /** Of the container, in bytes; undefined if there is none. */
  readonly memory: number | undefined;
  /** To which V8 lets the heap grow before it fails, in bytes. */
  readonly heap: number;
  /** The value of `UV_THREADPOOL_SIZE`. */
  readonly threads: string | undefined;
}

/** The share of a container's memory that the heap may fill: buffers, code and native libraries need the rest. */
const HEAP_SHARE = 0.8;

const MB = 1_024 * 1_024;

/** What is wrong with these limits, each a sentence with what to do. */
export function problemsOfLimits({ memory, heap, threads }: ProcessLimits): string[] {
  const problems: string[] = [];
  if (memory !== undefined && heap > HEAP_SHARE * memory) {
    const size = Math.floor((memory * 0.75) / MB);
    problems.push(
      `This process may use ${Math.round(memory / MB)} MB, and Node lets its heap grow to ${Math.round(heap / MB)} MB: it may be ` +
        `killed (exit code 137) before it collects garbage. Set NODE_OPTIONS=--max-old-space-size=${size}, or allow more memory.`,
    );
  }
  if (threads !== undefined && !(Number.parseInt(threads, 10) >= 1)) {
    problems.push(
      `UV_THREADPOOL_SIZE is "${threads}", which gives one thread for all files, host names and cryptography. ` +
        'Set it to a number, or remove it for four threads.',
    );
  }
  return problems;
}

/** Logs what is wrong with the limits of this process. */
export function warnOfProcessLimits(): void {
  const constrained = process.constrainedMemory();
  const logger = new Logger('Process');
  const problems = problemsOfLimits({
    // Without a limit, Node 20 says 0 or a number that no machine has.
    memory: constrained > 0 && constrained < Number.MAX_SAFE_INTEGER ? constrained : undefined,
    heap: getHeapStatistics().heap_size_limit,
    threads: process.env['UV_THREADPOOL_SIZE'],
  });
  for (const problem of problems) logger.warn(problem);
}
