/** The options of the `build` executor, as schema.json describes them. */
export interface BuildOptions {
  main?: string;
  additionalEntryPoints?: string[];
  outputPath?: string;
  tsConfig?: string;
  external?: string[];
  include?: string[];
  leaveOut?: string[];
  define?: Record<string, string>;
  minify?: boolean;
  sourceMap?: boolean;
  forbiddenTags?: string[];
}
