/** The options of the `enqueue` executor, as schema.json describes them. */
export interface EnqueueOptions {
  job: string;
  data?: string;
  wait?: boolean;
  count?: number;
  delay?: number;
  environmentCommand?: string;
}
