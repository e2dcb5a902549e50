/** A build that cannot succeed. The message is written for the person who runs it. */
export class BuildError extends Error {
  override readonly name: string = 'BuildError';
}
