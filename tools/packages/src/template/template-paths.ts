import { execFileSync } from 'node:child_process';
import { PackageError } from '../package.error';

/** A folder of this workspace that a new workspace gets, without its tests but those that are named. */
interface Part {
  readonly folder: string;
  /** The tests of what a person is going to change. Those of the rest are ours. Relative to `folder`. */
  readonly tests?: readonly string[];
  /** The only sources that it gets; by default all. Relative to `folder`. */
  readonly sources?: readonly string[];
  /** Folders below `folder` that it does not get. */
  readonly without?: readonly string[];
}

const PARTS: readonly Part[] = [
  {
    folder: 'apps/api',
    tests: ['images/images', 'notifications/notifications', 'reports/reports'],
  },
  {
    folder: 'apps/worker',
    tests: [
      'processors/notification/notification.processor',
      'processors/report/report.processor',
      'processors/report-day/report-day.processor',
      'processors/thumbnail/thumbnail.processor',
    ],
  },
  { folder: 'libs/config' },
  { folder: 'libs/data-access' },
  { folder: 'libs/jobs', tests: ['contracts'] },
  {
    folder: 'libs/testing',
    sources: [
      'database-template.ts',
      'index.ts',
      'leak-check.environment.ts',
      'open-handles.ts',
      'smtp-server.ts',
      'source-version.ts',
      'test-database.ts',
      'until.ts',
    ],
  },
  { folder: 'libs/worker-app' },
  // Nothing in the new workspace is tested on Redis.
  { folder: 'tools/services', without: ['src/redis', 'src/testing'] },
  { folder: 'tools/start', without: ['src/testing'] },
];

/** Single files. */
const FILES = [
  '.editorconfig',
  '.env.example',
  '.gitignore',
  '.nvmrc',
  '.prettierignore',
  '.prettierrc',
  'compose.yaml',
  'eslint.config.mjs',
  'nx.json',
  'tools/lint-and-test.cjs',
  'tools/queue/bundle/files/file-kinds.json',
  'tools/queue/jest/file-transform.cjs',
  'tsconfig.base.json',
];

/** Files of the parts that only tests of ours need. */
const LEFT_OUT = [
  'tools/services/src/jest.global-setup.ts',
  'tools/services/src/left-out-tests.main.ts',
];

/**
 * The files of this workspace that a new one gets, of those that git tracks.
 *
 * @throws PackageError if one that is named here does not exist
 */
export function templatePaths(workspaceRoot: string): string[] {
  const tracked = execFileSync(
    'git',
    ['ls-files', '-z', ...PARTS.map(({ folder }) => folder), ...FILES],
    {
      cwd: workspaceRoot,
      encoding: 'utf8',
    },
  )
    .split('\0')
    .filter((path) => path !== '');
  const missing = [...named()].filter(
    (name) => !tracked.some((path) => path === name || path.startsWith(`${name}/`)),
  );
  if (missing.length > 0) {
    throw new PackageError(
      missing.map(
        (path) =>
          `The template of new workspaces names ${path}, which git does not track. Correct tools/packages/src/template/template-paths.ts.`,
      ),
    );
  }
  const chosen = tracked.filter((path) => !LEFT_OUT.includes(path) && isChosen(path));
  const hasTests = (folder: string) =>
    chosen.some((path) => path.startsWith(`${folder}/`) && path.endsWith('.spec.ts'));
  // Jest fails where it finds no test.
  return chosen.filter(
    (path) => !path.endsWith('/jest.config.cjs') || hasTests(path.replace('/jest.config.cjs', '')),
  );
}

function isChosen(path: string): boolean {
  const part = PARTS.find(({ folder }) => path.startsWith(`${folder}/`));
  if (part === undefined) return true;
  const { folder, tests = [], sources, without = [] } = part;
  const inside = path.slice(folder.length + 1);
  if (/\.spec\.tsx?$/.test(inside)) return tests.some((test) => inside === testFile(test));
  if (without.some((left) => inside.startsWith(`${left}/`))) return false;
  if (sources === undefined || !inside.startsWith('src/')) return true;
  return sources.includes(inside.slice('src/'.length));
}

/** Every path that is written above, relative to the workspace. */
function* named(): Generator<string> {
  yield* FILES;
  yield* LEFT_OUT;
  for (const { folder, tests = [], sources = [], without = [] } of PARTS) {
    yield folder;
    yield* tests.map((test) => `${folder}/${testFile(test)}`);
    yield* sources.map((source) => `${folder}/src/${source}`);
    yield* without.map((left) => `${folder}/${left}`);
  }
}

const testFile = (test: string) => `src/${test}.spec.ts`;
