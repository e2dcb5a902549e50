import { posix } from 'node:path';
import type { ProjectEntry, SourceFiles } from '../../workspace/index';

/** A target as a project.json declares it. */
export interface DeclaredTarget {
  executor?: string;
  [option: string]: unknown;
}

/** The checks that a workspace declares in each project; newer ones have Nx infer them from settings. */
const EXECUTORS = { lint: '@nx/eslint:lint', test: '@nx/jest:jest' } as const;

const ESLINT_CONFIGS = ['mjs', 'cjs', 'js'].map((ending) => `eslint.config.${ending}`);

/** Where the checks of another project are to run. */
export interface CheckedProject {
  /** Relative to the workspace root. */
  root: string;
  /** The name of its settings of Jest; undefined for one without tests. */
  jestConfig: string | undefined;
}

/**
 * The targets `lint` and `test` of a project that are declared in its project.json, for another one. Empty if there are
 * none, as where Nx infers them.
 */
export function checksLike(
  model: ProjectEntry | undefined,
  { root, jestConfig }: CheckedProject,
): Record<string, DeclaredTarget> {
  if (model === undefined || model.root === '.') return {};
  const declared = Object.entries(model.targets ?? {}).filter(
    ([, target]) =>
      target?.executor === EXECUTORS.lint ||
      (target?.executor === EXECUTORS.test && jestConfig !== undefined),
  );
  const text = JSON.stringify(Object.fromEntries(declared))
    .replaceAll(pathOf(model.root), (_, before: string) => `${before}${root}`)
    .replaceAll(/jest\.config\.[cm]?[jt]s/g, jestConfig ?? '');
  return JSON.parse(text) as Record<string, DeclaredTarget>;
}

/**
 * The settings of ESLint of a project, for another one at the same depth: where rules need types, they name the programs of
 * their project. Undefined if those of the workspace are enough.
 *
 * @param programs its tsconfig files, relative to its folder
 */
export function eslintLike(
  files: SourceFiles,
  model: ProjectEntry | undefined,
  { root, programs }: { root: string; programs: readonly string[] },
): { file: string; text: string } | undefined {
  if (model === undefined || depthOf(model.root) !== depthOf(root)) return undefined;
  const name = ESLINT_CONFIGS.find((config) => files.isFile(posix.join(model.root, config)));
  if (name === undefined) return undefined;
  const text = files.read(posix.join(model.root, name), 'utf-8') ?? '';
  const program = new RegExp(`(['"])${escaped(model.root)}/tsconfig[^'"]*\\1`, 'g');
  if (!program.test(text)) return undefined;
  const own = (quote: string) =>
    programs.map((path) => `${quote}${root}/${path}${quote}`).join(', ');
  const next = text
    .replaceAll(program, (_, quote: string) => own(quote))
    .replaceAll(pathOf(model.root), (_, before: string) => `${before}${root}`);
  return { file: posix.join(root, name), text: next };
}

/** A folder where it stands as a whole in a path, with what is before it. */
function pathOf(root: string): RegExp {
  return new RegExp(`(["'/}])${escaped(root)}(?=[/"'])`, 'g');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function depthOf(root: string): number {
  return root === '.' ? 0 : root.split('/').length;
}
