/** What a line of the log is about, beside its message. */
export interface LineFields {
  readonly queue?: string;
  readonly jobId?: string;
  readonly attempt?: number;
  /** In milliseconds. */
  readonly duration?: number | undefined;
  /** The `code` of the error that the line reports. */
  readonly errorCode?: string | undefined;
}

let current: LineFields | undefined;

/**
 * Writes a line with these fields. Nest's logger takes them only as a part of the message, which would be an object
 * then, unreadable with any other logger. A logger writes before it returns, so a variable is enough.
 */
export function withFields(fields: LineFields, write: () => void): void {
  const outer = current;
  current = fields;
  try {
    write();
  } finally {
    current = outer;
  }
}

/** Those of the line that is being written. */
export function lineFields(): LineFields | undefined {
  return current;
}
