import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PackageManifest } from '../bundle/npm-package';
import { packageOfFile } from '../bundle/npm-package';
import type { Manifests } from './facts';

/** The manifests of a workspace, read when they are asked for. */
export function readManifests(workspaceRoot: string): Manifests {
  return {
    workspace: readManifest(workspaceRoot),
    ofProject: (root) => readManifest(join(workspaceRoot, root)),
    ofPackageFile: (path) => packageOfFile(resolve(workspaceRoot, path))?.manifest,
  };
}

function readManifest(folder: string): PackageManifest | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PackageManifest) : undefined;
}
