/** A processor, or something that it injects, would have to be made anew for each request. */
export class ScopedProcessorError extends Error {
  readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
  ) {
    super(
      `${processor} is, or injects, a request-scoped or transient provider. A processor lives as long ` +
        'as its worker. Inject providers of the default scope, and pass on what differs for each job.',
    );
    this.name = new.target.name;
  }
}
