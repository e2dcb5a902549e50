/** A processor is registered under another name than the job that it processes. */
export class ProcessorNameMismatchError extends Error {
  readonly userFacing = true;

  constructor(
    /** The entry in the registry, which is the file's name. */
    readonly entry: string,
    readonly processor: string,
    /** The name in the processor's contract. */
    readonly job: string,
  ) {
    super(
      `${processor} is registered as "${entry}", but it processes "${job}" jobs. Rename its file to ` +
        `"${job}.processor.ts", or give it the contract named "${entry}"; then run "nx sync".`,
    );
    this.name = new.target.name;
  }
}
