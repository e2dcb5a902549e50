import type { RootChains } from './find-chains';
import type { WhyQuery } from './why-query';

/** The result of `why`. `--json` prints it unchanged. */
export type WhyAnswer = Present | Absent;

/** The bundle holds it, or imports it and leaves it out. */
export interface Present {
  project: string;
  query: WhyQuery;
  /**
   * - `bundled`: it is in the bundle.
   * - `external`: it is installed beside the bundle.
   * - `left-out`: an optional package that some package could use, but that is not there.
   * - `nothing-left`: it is imported, and the bundler dropped all of it.
   */
  status: 'bundled' | 'external' | 'left-out' | 'nothing-left';
  /** Of a package. */
  version?: string;
  /** In the bundle. */
  bytes: number;
  /** Of an external package: why it is not part of the bundle. */
  reason?: string | undefined;
  /** Of a package that is left out: the package that could use it. */
  requiredBy?: string;
  reached: RootChains[];
  /** Names of the roots that do not reach it. */
  notReachedFrom: string[];
}

/** Nothing in the bundle imports it. */
export interface Absent {
  project: string;
  query: WhyQuery;
  /**
   * - `allowed`: the project graph would let the bundle hold it.
   * - `not-allowed`: it is known to the workspace, but not as something that this application uses.
   * - `unknown`: the workspace knows no such package or file.
   */
  status: 'allowed' | 'not-allowed' | 'unknown';
  version?: string;
  /** If it is allowed: from the application to it, projects and packages by their name in the graph. */
  graphPath: string[];
  /** The projects that depend on it, or the one that the file is of. */
  projects: string[];
  /** The packages that depend on it. */
  packages: string[];
  /** Of a package: whether the package.json of the workspace lists it, for development or not. */
  isDeclared: boolean;
  /** Names that are similar to one that is not known. */
  similar: string[];
}
