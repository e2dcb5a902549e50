/** A benchmark that cannot go on. The message is written for the person who runs it. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
