import { isOwnFile } from '../bundle-graph';
import type { GuardFacts } from '../facts';
import type { Breach } from './breach';
import { shortened } from './breach';

/**
 * An import whose target is computed is in no bundle and in no graph: it works in the workspace, where
 * every file is there, and fails where the bundle runs.
 */
export function checkComputedImports({ bundle, syntaxOf }: GuardFacts): Breach[] {
  return bundle
    .bundled()
    .filter(isOwnFile)
    .flatMap((file) =>
      syntaxOf(file.path).computed.map(({ text, line }): Breach => ({
        rule: 'computed-import',
        problem: `${file.path}:${line} loads a module that neither the bundler nor the project graph can determine: ${shortened(text)}`,
        remedy: `Write out each target: import('./a') or require('a'), and choose between them in code, as processors.generated.ts does.`,
        at: { file, line },
        path: file.path,
        key: `${file.path}:${line}:${text}`,
      })),
    );
}
