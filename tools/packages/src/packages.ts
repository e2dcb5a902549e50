/** A project of this workspace that is also an npm package. */
export interface PackageProject {
  /** Relative to the workspace root. */
  readonly project: string;
  /** What its users load: their packages are required, all others optional. Relative to the project. */
  readonly main: readonly string[];
  /** The largest tarball, in kB. */
  readonly maxKilobytes: number;
}

export const RUNTIME: PackageProject = {
  project: 'libs/queue',
  main: ['src/index.ts', 'src/consumer.ts'],
  maxKilobytes: 1_300,
};

export const PACKAGES: readonly PackageProject[] = [RUNTIME];
