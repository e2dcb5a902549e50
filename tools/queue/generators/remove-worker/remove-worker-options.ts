/** The options of `nx g @tools/queue:remove-worker`, as schema.json describes them; the name is asked for. */
export interface RemoveWorkerOptions {
  name?: string;
  force?: boolean;
  skipFormat?: boolean;
}
