import { posix } from 'node:path';
import ts from 'typescript';
import { parseJson } from '@nx/devkit';
import type { ProjectEntry, SourceFiles } from '../../workspace/index';
import type { Plan } from '../plan/plan';

/** Names of Jest's settings in the folder of a project. */
const JEST_CONFIGS = ['cts', 'ts', 'cjs', 'mjs', 'js'].map((ending) => `jest.config.${ending}`);

function isCommonJs(file: string, text: string): boolean {
  if (!file.endsWith('.cts') || !/^module\.exports = /m.test(text)) return false;
  const { diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    fileName: 'config.cjs',
    compilerOptions: { allowJs: true },
  });
  return diagnostics?.length === 0 && !/^(?:import|export) /m.test(text);
}

interface TestedWorker {
  name: string;
  root: string;
  neighbour: ProjectEntry;
  isPackage: boolean;
}

/**
 * The tests of a worker run as those of its neighbour, if that stands beside it: then all relative paths are the same.
 *
 * @returns the name of its settings of Jest; undefined if it has none
 */
export function planJest(
  files: Plan,
  sources: SourceFiles,
  { name, root, neighbour, isPackage }: TestedWorker,
): string | undefined {
  const config = JEST_CONFIGS.find((file) => sources.isFile(`${neighbour.root}/${file}`));
  // What stands at the root of the workspace has no neighbours.
  const isBeside = neighbour.root !== '.' && posix.dirname(neighbour.root) === posix.dirname(root);
  if (config === undefined || !isBeside) return undefined;
  const own = posix.basename(neighbour.root);
  const text = sources.read(`${neighbour.root}/${config}`, 'utf-8') ?? '';
  // Node 20 cannot load what Nx generates as .cts, although it is plain CommonJS.
  const jestConfig = isCommonJs(config, text) ? 'jest.config.cjs' : config;
  const target = `${root}/${jestConfig}`;
  files.createBy(target, (tree) => {
    tree.write(
      target,
      text
        .replace(/(displayName: ['"])[^'"]*/, (_, start: string) => start + name)
        .replace(/(coverageDirectory: ['"][^'"]*\/)[^'"/]*(?=['"])/, (whole, start: string) =>
          whole.endsWith(`/${own}`) ? start + name : whole,
        ),
    );
  });
  for (const file of ['tsconfig.spec.json', '.spec.swcrc']) {
    const path = `${neighbour.root}/${file}`;
    if (!sources.isFile(path)) continue;
    const own = sources.read(path, 'utf-8') ?? '{}';
    const isProgram = file.startsWith('tsconfig') && !isPackage;
    files.createBy(`${root}/${file}`, (tree) => {
      tree.write(`${root}/${file}`, isProgram ? specSettings(own) : own);
    });
  }
  return jestConfig;
}

interface SpecSettings {
  extends?: string;
  compilerOptions?: Record<string, unknown>;
  references?: unknown;
}

/** Those of the neighbour, but that the worker is one program, to which no other refers. */
function specSettings(text: string): string {
  const settings = parseJson<SpecSettings>(text);
  delete settings.references;
  const compilerOptions = { noEmit: false, ...settings.compilerOptions };
  return `${JSON.stringify({ ...settings, compilerOptions }, undefined, 2)}\n`;
}
