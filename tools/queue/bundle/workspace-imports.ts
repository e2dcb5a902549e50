import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import ts from 'typescript';
import { importHead } from './import-head';
import { packageNameOf } from './npm-package';
import { isOwnSource } from './own-source';

/** The files of the workspace that end up in a bundle. */
export interface WorkspaceSources {
  /** By path, relative to the workspace. */
  texts: ReadonlyMap<string, string>;
  /** The npm packages that they import. */
  packages: ReadonlySet<string>;
}

/**
 * The files of the workspace that end up in the bundle, and the npm packages that they import.
 * Types count: `import type { NestExpressApplication } from '@nestjs/platform-express'` says that the
 * application runs on Express, though nothing of that line is left at run time.
 *
 * `metafile`: of a bundle of the workspace's own files only.
 */
export function readWorkspaceSources(metafile: Metafile, workspaceRoot: string): WorkspaceSources {
  const packages = new Set<string>();
  const texts = new Map<string, string>();
  for (const file of bundledFiles(metafile)) {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    texts.set(file, text);
    const { importedFiles } = ts.preProcessFile(importHead(text), true, true);
    // esbuild also has the imports that JSX implies.
    const imported = metafile.inputs[file]?.imports.filter(({ external }) => external) ?? [];
    for (const name of [
      ...importedFiles.map(({ fileName }) => fileName),
      ...imported.map(({ path }) => path),
    ]) {
      if (!/^[./]/.test(name)) packages.add(packageNameOf(name));
    }
  }
  return { texts, packages };
}

/** `inputs` of a metafile also has the files of which nothing was used; those of its outputs do not. */
function bundledFiles({ outputs }: Metafile): Set<string> {
  return new Set(
    Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs).filter(isOwnSource)),
  );
}
