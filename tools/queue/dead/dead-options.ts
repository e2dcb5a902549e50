/** The options of the `dead` executor, as schema.json describes them. */
export interface DeadOptions {
  job?: string;
  /** Nx makes a number of what looks like one. */
  id?: string | number;
  redrive?: boolean;
  remove?: boolean;
  all?: boolean;
  force?: boolean;
  json?: boolean;
  limit?: number;
  cursor?: string;
  environmentCommand?: string;
}
