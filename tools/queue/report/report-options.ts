/** The options of the `report` executor, as schema.json describes them. */
export interface ReportOptions {
  json?: boolean;
  open?: boolean;
  check?: boolean;
  /** A commit, branch or tag. */
  compare?: string;
}
