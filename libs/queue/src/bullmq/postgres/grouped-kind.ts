/** One of BullMQ's statements. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Statements of BullMQ that can be sent together. */
export interface GroupedKind {
  /** The function in SQL that does the same for many. */
  readonly name: string;
  /** Whether it is one of these, and needs nothing that only BullMQ's own function does. */
  accepts(statement: Statement): boolean;
  /** One statement for all of these, which are of one queue. */
  combine(queue: unknown, statements: readonly Statement[]): Statement;
  /** The rows that answer each; undefined for one that was not done. */
  rowsOf(rows: readonly unknown[], count: number): (unknown[] | undefined)[];
}

/** Of entries that have the same fields, the list of each field. */
export function columnsOf(entries: readonly (readonly unknown[])[]): unknown[][] {
  return (entries[0] ?? []).map((_, column) => entries.map((entry) => entry[column]));
}
