/** The options of `nx g @tools/queue:rename`, as schema.json describes them; the names are asked for. */
export interface RenameOptions {
  name?: string;
  newName?: string;
  /** Undefined: it is asked, if there is a terminal. */
  moveJobs?: boolean;
  force?: boolean;
  skipFormat?: boolean;
}
