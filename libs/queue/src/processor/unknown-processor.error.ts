/** A worker is told to run processors that it does not have. */
export class UnknownProcessorError extends Error {
  readonly userFacing = true;

  constructor(
    readonly unknown: readonly string[],
    readonly known: readonly string[],
    /** What the person has set, such as a variable's name. */
    selectedBy = 'the selection',
  ) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    const choice = known.length === 0 ? 'It has none.' : `It has: ${[...known].sort().join(', ')}.`;
    super(
      `This worker has no processor named ${names}. ${choice} ` +
        `Correct ${selectedBy}, or leave it unset to run all of them.`,
    );
    this.name = new.target.name;
  }
}
