/** The options of `nx g @tools/queue:move`, as schema.json describes them; the name is asked for. */
export interface MoveOptions {
  name?: string;
  to?: string;
  force?: boolean;
  skipFormat?: boolean;
}
