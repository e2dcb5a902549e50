/** The options of `nx g @tools/queue:convert`, as schema.json describes them. */
export interface ConvertOptions {
  queue?: string | undefined;
  worker?: string | undefined;
  jobs?: string | undefined;
  skipFormat?: boolean;
}
