/** An experiment that cannot go on. The message is written for the person who runs it. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';
}
