/** A program that runs the jobs of a queue, as it is deployed. */
export interface Program {
  name: string;
  /** The folder that it is started in. */
  folder: string;
  /** Arguments for node. */
  args: readonly string[];
  /** Its variables besides DATABASE_URL. */
  env?: Readonly<Record<string, string>>;
}
