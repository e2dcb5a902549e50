import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { buildReportPath } from '../record/build-record';
import { readBuiltApp } from '../record/built-app';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { cycloneDx } from './cyclonedx';
import { shippedPackages } from './shipped-packages';

interface SbomOptions {
  /** Relative to the workspace root. */
  output?: string;
}

/** `nx run <application>:sbom`. It speaks of the last build, which Nx brings up to date first. */
export default function sbomExecutor(
  { output }: SbomOptions,
  { root, projectName = '' }: Pick<ExecutorContext, 'root' | 'projectName'>,
): Promise<ExecutorResult> {
  return executorResult(() => {
    const shipped = shippedPackages(readBuiltApp(root, projectName));
    const file =
      output === undefined
        ? join(dirname(buildReportPath(root, projectName)), 'bom.cdx.json')
        : join(root, output);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, cycloneDx(projectName, shipped));
    const packages = [...shipped.packages.values()];
    const bundled = packages.filter(({ isBundled }) => isBundled).length;
    process.stdout.write(
      `Wrote ${relative(root, file)}: ${bundled} packages in the bundle, ${packages.length - bundled} installed beside it.\n`,
    );
    return true;
  });
}
