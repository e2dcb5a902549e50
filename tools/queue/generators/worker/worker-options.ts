/** The options of `nx g @tools/queue:worker`, as schema.json describes them. */
export interface WorkerOptions {
  name: string;
  port?: number;
  directory?: string;
  skipFormat?: boolean;
}
