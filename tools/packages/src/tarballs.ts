import { join } from 'node:path';
import { buildPackage } from './build-package';
import type { Tarball } from './consumer/consumer';
import { npmPack } from './npm-pack';
import { PACKAGES } from './packages';

/** Builds and packs every package of this workspace. */
export async function packAll(workspaceRoot: string, folder: string): Promise<Tarball[]> {
  const packed: Tarball[] = [];
  for (const project of PACKAGES) {
    const built = join(folder, project.name);
    const manifest = await buildPackage(workspaceRoot, project, built);
    packed.push({ manifest, file: npmPack(built, folder).file });
  }
  return packed;
}
