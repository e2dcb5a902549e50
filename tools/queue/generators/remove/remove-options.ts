/** The options of `nx g @tools/queue:remove`, as schema.json describes them; the name is asked for. */
export interface RemoveOptions {
  name?: string;
  keepContract?: boolean;
  force?: boolean;
  skipFormat?: boolean;
}
