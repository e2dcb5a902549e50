import { join, relative, resolve } from 'node:path';
import { buildPackage } from './build-package';
import { npmPack } from './npm-pack';
import { PackageError } from './package.error';
import { PACKAGES } from './packages';

/** Builds and packs the package of a project: `package.main.ts libs/queue`. */
async function main(project: string | undefined): Promise<void> {
  const found = PACKAGES.find((each) => each.project === project);
  if (found === undefined) {
    const known = PACKAGES.map((each) => each.project).join(', ');
    throw new PackageError([`Pass the folder of a project that is a package: ${known}.`]);
  }
  const workspaceRoot = resolve(__dirname, '../../..');
  const packages = join(workspaceRoot, 'dist/packages');
  const folder = join(packages, found.name);
  await buildPackage(workspaceRoot, found, folder);
  const { file, size, unpackedSize, files } = npmPack(folder, packages);
  const path = relative(workspaceRoot, file);
  process.stdout.write(
    `${path}: ${kilobytes(size)} kB, ${files.length} files, ${kilobytes(unpackedSize)} kB unpacked\n`,
  );
  if (kilobytes(size) > found.maxKilobytes) {
    throw new PackageError([
      `${path} has ${kilobytes(size)} kB, and may have ${found.maxKilobytes} kB. Find what has grown, or raise maxKilobytes in tools/packages/src/packages.ts.`,
    ]);
  }
}

const kilobytes = (bytes: number) => Math.ceil(bytes / 1_000);

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
