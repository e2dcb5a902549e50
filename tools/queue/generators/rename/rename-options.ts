/** The options of `nx g @tools/queue:rename`, as schema.json describes them; the names are asked for. */
export interface RenameOptions {
  name?: string;
  newName?: string;
  force?: boolean;
  skipFormat?: boolean;
}
