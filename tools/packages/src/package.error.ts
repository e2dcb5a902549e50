/** A package cannot be published as it is. The message says why, and what to do. */
export class PackageError extends Error {
  override readonly name = 'PackageError';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
