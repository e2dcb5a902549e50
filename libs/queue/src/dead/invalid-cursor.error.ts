/** A page of dead jobs is asked for by something that no earlier page has given. */
export class InvalidCursorError extends Error {
  readonly userFacing = true;

  constructor(readonly cursor: string) {
    super(
      `"${cursor}" names no page. Use the cursor of the page before, or none for the first one.`,
    );
    this.name = new.target.name;
  }
}
