/** The workspace cannot be started. The message says why and what to do, for the person who did it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
