import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildContext, Metafile } from 'esbuild';
import ts from 'typescript';
import { packageNameOf } from './npm-package';

/**
 * The npm packages that files of the workspace import, as far as these files end up in the bundle.
 * Types count: `import type { NestExpressApplication } from '@nestjs/platform-express'` says that the
 * application runs on Express, though nothing of that line is left at run time.
 *
 * `context` bundles the workspace's own files only, which takes some ten milliseconds.
 */
export async function readWorkspaceImports(
  context: BuildContext<{ metafile: true }>,
  workspaceRoot: string,
): Promise<Set<string>> {
  const { metafile } = await context.rebuild();
  const packages = new Set<string>();
  for (const file of bundledFiles(metafile)) {
    const { importedFiles } = ts.preProcessFile(
      readFileSync(join(workspaceRoot, file), 'utf8'),
      true,
      true,
    );
    for (const { fileName } of importedFiles) {
      if (!/^[./]/.test(fileName)) packages.add(packageNameOf(fileName));
    }
  }
  return packages;
}

/** `inputs` of a metafile also has the files of which nothing was used; those of its outputs do not. */
function bundledFiles({ outputs }: Metafile): Set<string> {
  return new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((file) => /\.[cm]?[jt]sx?$/.test(file)),
    ),
  );
}
