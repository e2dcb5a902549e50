/** A worker runs isolated processors, and the file that their children run is not known or not there. */
export class SandboxMissingError extends Error {
  readonly userFacing = true;

  constructor(
    /** The processor classes. */
    readonly processors: readonly string[],
    /** Where the file should be, if the worker has said so. */
    readonly file?: string,
  ) {
    const are = processors.length === 1 ? 'is isolated' : 'are isolated';
    const what =
      file === undefined
        ? 'this worker does not say which file their children run. Pass `sandbox: new ' +
          "URL('./sandbox.js', import.meta.url)` to QueueWorkerModule.load"
        : `there is no ${file} for their children to run. It is built from the sandbox.ts beside the ` +
          "worker's main.ts, which the processor generator writes with --isolation";
    super(`${processors.join(', ')} ${are}, and ${what}; or leave \`isolation\` out.`);
    this.name = 'SandboxMissingError';
  }
}

/** An isolated processor listens to its worker, which is in another process. */
export class IsolatedEventsError extends Error {
  readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
    readonly methods: readonly string[],
  ) {
    super(
      `${processor} is isolated, and its @OnWorkerEvent methods (${methods.join(', ')}) would never be ` +
        'called: the worker is in another process than the processor. Take them out, or leave ' +
        '`isolation` out.',
    );
    this.name = 'IsolatedEventsError';
  }
}
