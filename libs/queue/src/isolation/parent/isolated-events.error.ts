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
