/** The options of `nx g @tools/queue:job`, as schema.json describes them. */
export interface JobOptions {
  name: string;
  jobs?: string;
  skipFormat?: boolean;
}
