import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface PackedPackage {
  /** The tarball, absolute. */
  readonly file: string;
  /** Of the tarball, in bytes. */
  readonly size: number;
  /** Of what it contains, in bytes. */
  readonly unpackedSize: number;
  /** Relative to the package. */
  readonly files: readonly string[];
}

interface NpmAnswer {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs a folder as `npm publish` does. The tarball is written into `destination`. */
export function npmPack(folder: string, destination: string): PackedPackage {
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [answer] = JSON.parse(output) as NpmAnswer[];
  if (answer === undefined) throw new Error(`npm packed nothing in ${folder}: ${output}`);
  const { filename, size, unpackedSize, files } = answer;
  return {
    file: join(destination, filename),
    size,
    unpackedSize,
    files: files.map(({ path }) => path),
  };
}
