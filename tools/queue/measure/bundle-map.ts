import type { Allowed } from '../bundle/allow-options';

/**
 * What a bundle consists of, by who loads it. The page, the table and `--json` all show this. Bytes are
 * those of all files but the source maps; every byte is in exactly one group.
 */
export interface BundleMap {
  project: string;
  bytes: number;
  /** How many files there are, without the source maps. */
  files: number;
  groups: BundleGroup[];
  parts: BundlePart[];
  external: ExternalPackage[];
  /** What the project graph allows and the bundle leaves out. */
  leftOut: { projects: string[]; packages: { name: string; usedBy: string[] }[] };
  /** The entries of the option `allow`, with the files that each covers. */
  allowed: Allowed[];
  /** Packages that a bundled package could use, but that are not there. */
  optional: { name: string; requiredBy: string }[];
}

/** What is loaded by the same parts of the application, and so always together. */
export interface BundleGroup {
  id: string;
  /**
   * - `start`: loaded by every process that one starts with node.
   * - `sandbox`: loaded only by the sandboxes of isolated processors.
   * - `processor`: loaded only where this one processor is selected.
   * - `shared`: loaded where any of several processors is selected.
   * - `on-demand`: loaded by an `import()` when the program gets there.
   */
  kind: 'start' | 'sandbox' | 'processor' | 'shared' | 'on-demand';
  label: string;
  /** Names of the parts that load it. */
  parts: string[];
  bytes: number;
  /** The largest first. */
  contents: GroupContent[];
}

/** A package, or a project of the workspace, as far as it is in one group. */
export interface GroupContent {
  /** `bundler`: what the bundler adds to each file. */
  kind: 'project' | 'package' | 'bundler';
  name: string;
  bytes: number;
  /** The largest first. The path is relative to the project or the package. */
  files: { path: string; bytes: number }[];
}

/** The start of the application, the start of its sandboxes, or one of its processors. */
export interface BundlePart {
  kind: 'start' | 'sandbox' | 'processor';
  name: string;
  /** Of a processor that does not run in the event loop of its worker; `computed`: its source does not show where. */
  isolation?: 'process' | 'thread' | 'computed';
  /** Code of the workspace that nothing else loads. */
  ownCode: number;
  /** Packages that nothing else loads, the largest first. */
  packages: { name: string; bytes: number }[];
  packageBytes: number;
  /** What it shares with other processors. */
  shared: number;
  /** What a process reads that runs this alone: the start, what is shared, and its own; of `sandbox`: a sandbox, before its processor. */
  loads: number;
  /** Names of the packages outside the bundle that it imports. */
  external: string[];
  /** The groups that a process loads that runs this alone, by id. */
  groups: string[];
}

/** A package that is installed beside the bundle. */
export interface ExternalPackage {
  name: string;
  version: string;
  /** Why it is not part of the bundle. */
  reason: string;
  /** Installed on this machine, with all that it depends on. */
  bytes: number;
  /** Itself and what it depends on, the largest first. */
  packages: { name: string; bytes: number }[];
}
