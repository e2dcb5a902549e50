/** The file that the registry names for a job exports no processor. */
export class ProcessorMissingError extends Error {
  readonly userFacing = true;

  constructor(
    /** The entry in the registry. */
    readonly entry: string,
  ) {
    super(
      `The file registered as "${entry}" exports no processor. Export a class from it that is ` +
        `decorated with @JobProcessor and extends JobHost, or delete the file and run "nx sync".`,
    );
    this.name = new.target.name;
  }
}
