import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import type { CreatedWorkspace } from './consumer/created-workspace';
import { workspaceEnvironment } from './consumer/environment';
import { startLocalRegistry } from './consumer/local-registry';
import { olderTarballs, packedAs } from './consumer/older-tarballs';
import { installPackageManager, packageManager } from './consumer/package-managers';
import { addJob, createWorkspace, runBuilt, serveWorker } from './consumer/steps';
import { workspaceKind } from './consumer/workspace-kinds';
import { PACKAGES, PLUGIN, RUNTIME } from './packages';
import { packAll } from './tarballs';

const WORKSPACE = resolve(__dirname, '../../..');

const { values } = parseArgs({
  options: {
    /** The commit whose packages are the version before: the first one that had the generator `init`. */
    from: { type: 'string', default: 'e35baee9' },
    /** What this workspace is packed as: the version after that of its package.json. */
    to: { type: 'string', default: '0.2.0' },
    keep: { type: 'boolean', default: false },
  },
});

/** What version 0.1 exported, and version 0.2 exports by another name. The names of types: at run time they were gone before. */
const OLD_NAMES = `import type { InvalidTimeoutError, JobDefinition } from 'nest-job-queue';

export type Contracts = Record<string, JobDefinition>;

export function isWrong(error: unknown): error is InvalidTimeoutError {
  return error instanceof Error && error.name === 'InvalidOptionError';
}
`;
const FILE = 'apps/api/src/app/old-names.ts';

/**
 * What a person does who upgrades a workspace that was set up with the version before: `nx migrate`, and then runs a job. The
 * version before is packed from another commit. It needs the registry, and takes minutes: `upgrade.main.ts`.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-upgrade-'));
  const older = olderTarballs(values.from, join(folder, 'before'));
  await packAll(WORKSPACE, folder);
  const next = join(folder, 'next');
  mkdirSync(next);
  const newer = PACKAGES.map(({ name }) => packedAs(values.to, join(folder, name), next));
  const registry = await startLocalRegistry([...older, ...newer]);
  const postgres = await startPrivatePostgres(join(folder, 'postgres'));
  try {
    const npm = packageManager('npm');
    const kind = workspaceKind('nest');
    const env = await workspaceEnvironment(
      postgres.url,
      installPackageManager(npm, folder, registry.url),
    );
    const workspace = await createWorkspace(folder, env, kind, npm);
    const { version: before = '' } = older[0]?.manifest ?? {};
    await workspace.nx('add', `${PLUGIN.name}@${before}`);
    workspace.write(FILE, OLD_NAMES);
    await workspace.commit();
    await upgrade(workspace, before);
    await addJob(workspace, kind);
    try {
      await serveWorker(workspace);
      await runBuilt(workspace, kind);
    } finally {
      await workspace.stopAll();
    }
    process.stdout.write(`\nA workspace of version ${before} runs jobs with ${values.to}.\n`);
  } finally {
    await postgres.stop();
    await registry.close();
    if (values.keep) process.stdout.write(`\nThe workspace is in ${folder}.\n`);
    else rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(join(folder, 'postgres')), { recursive: true, force: true });
  }
}

async function upgrade(workspace: CreatedWorkspace, before: string): Promise<void> {
  await workspace.nx('migrate', `${PLUGIN.name}@${values.to}`, '--no-interactive');
  await workspace.run('npm', 'install');
  await workspace.nx('migrate', '--run-migrations', '--no-interactive');
  const manifest = workspace.readText('package.json');
  for (const name of [RUNTIME.name, PLUGIN.name]) {
    const isMoved = new RegExp(`"${name}": "[~^]?${values.to}"`).test(manifest);
    if (!isMoved) throw new Error(`${name} is not ${values.to} after nx migrate:\n${manifest}`);
  }
  const text = workspace.readText(FILE);
  const isRenamed = /\bJobContract\b/.test(text) && /\bInvalidOptionError\b/.test(text);
  if (!isRenamed || /JobDefinition|InvalidTimeoutError/.test(text)) {
    throw new Error(`${FILE} has names of ${before} after nx migrate:\n${text}`);
  }
  await workspace.exec('tsc', '--noEmit', '-p', 'apps/api/tsconfig.app.json');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
