/** A question that cannot be answered. The message is written for the person who asked. */
export class WhyError extends Error {
  override readonly name = 'WhyError';
}
