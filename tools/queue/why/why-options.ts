/** The options of the `why` executor, as schema.json describes them. */
export interface WhyOptions {
  package?: string;
  file?: string;
  all?: boolean;
  limit?: number;
  json?: boolean;
}
