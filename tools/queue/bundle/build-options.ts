import type { AllowOptions } from './allow-options';

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
  allow?: AllowOptions[];
  /** Such as `6 MB`. */
  maxSize?: string;
  maxStartSize?: string;
  image?: ImageOptions;
}

/** What an image of the application needs to know. */
export interface ImageOptions {
  /** The port that serves `/health/live` by default. */
  port: number;
  /** The environment variable that changes it. */
  portVariable: string;
}
