/** Build options that a person has to write for a package: `{ external: ['a-package'] }`. */
export type BuildLine = Readonly<Record<string, unknown>>;

/**
 * A package as people use it in a processor. Its code is in `files/<name>`: `work.ts` (or `work.tsx`) exports
 * `work()`, which does something real with the package and resolves to {@link result}. It needs no service
 * outside of the machine.
 */
export interface Sample {
  /** The package as people call it; also the name of the folder. */
  name: string;
  /** What npm installs, in exact versions: `axios@1.21.1`. The table shows the first one. */
  packages: readonly [string, ...string[]];
  /** What the sample does, in a few words. */
  about: string;
  /** What the job returns if the package works. */
  result: string;
  /** Commands to run in the workspace after the installation, such as a code generator. */
  prepare?: readonly string[];
  /** Variables for the installation, also of what is built, and for {@link prepare}. */
  environment?: Readonly<Record<string, string>>;
  /** Build options to try if it does not work without any. */
  line?: BuildLine;
}

/** `works`, or the first line that says what is wrong. */
export type Outcome = string;

export const WORKS: Outcome = 'works';

/** The places where the job of a sample runs. */
export const PLACES = ['build', 'process', 'thread', 'serve', 'spec'] as const;
export type Place = (typeof PLACES)[number];

export interface SampleResult {
  name: string;
  packages: readonly string[];
  about: string;
  /** The major version of Node.js it was tried with. */
  node: number;
  /** `bundled`, or `external` and why. */
  kind: string;
  /** Missing if it needs none. */
  line?: BuildLine;
  outcomes: Record<Place, Outcome>;
}

/** `@scope/name` of `@scope/name@1.0.0` and of `alias@npm:@scope/name@1.0.0`. */
export function packageName(installed: string): string {
  return installed.slice(0, installed.indexOf('@', 1));
}

/** What follows the name: the version. */
export function packageVersion(installed: string): string {
  return installed.slice(installed.lastIndexOf('@') + 1);
}

export function worksEverywhere({ outcomes }: SampleResult): boolean {
  return PLACES.every((place) => outcomes[place] === WORKS);
}
