/** The process or thread for a processor could not be started, so its job was not run. */
export class SandboxStartError extends Error {
  constructor(
    /** The processor's contract. */
    readonly processor: string,
    cause: Error,
  ) {
    super(`The sandbox for "${processor}" jobs did not start: ${cause.message}`, { cause });
    this.name = 'SandboxStartError';
  }
}
