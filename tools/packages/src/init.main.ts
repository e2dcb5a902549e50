import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import type { CreatedWorkspace } from './consumer/created-workspace';
import { workspaceEnvironment } from './consumer/environment';
import { startLocalRegistry } from './consumer/local-registry';
import { installPackageManager, packageManager } from './consumer/package-managers';
import { addJob, createWorkspace, runBuilt, serveWorker } from './consumer/steps';
import { workspaceKind } from './consumer/workspace-kinds';
import { PLUGIN } from './packages';
import { packAll } from './tarballs';

const WORKSPACE = resolve(__dirname, '../../..');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** npm, pnpm, yarn or bun; a version may follow: pnpm@10. */
    pm: { type: 'string', default: 'npm' },
    /** The version of Nx: 22.7.12. By default that of this workspace. */
    nx: { type: 'string' },
    /** A package in another version than the workspace gets, with npm: typescript@5.9. May be repeated. */
    with: { type: 'string', multiple: true },
    /** Leave the workspace there, to look at it. */
    keep: { type: 'boolean', default: false },
  },
});

/**
 * What a person does who adds the plugin to a workspace of another kind than this one, from the packed tarballs: makes a
 * workspace, adds the plugin, adds a job, and runs it, with `nx serve` and built, on a Postgres of its own. It needs the
 * registry, and takes minutes: `init.main.ts nest --pm=pnpm`.
 */
async function main(preset: string, pm: string): Promise<void> {
  const kind = workspaceKind(preset);
  const manager = packageManager(pm);
  const folder = mkdtempSync(join(tmpdir(), 'package-init-'));
  const registry = await startLocalRegistry(await packAll(WORKSPACE, folder));
  const postgres = await startPrivatePostgres(join(folder, 'postgres'));
  try {
    const ofManager = installPackageManager(manager, join(folder, manager.name), registry.url);
    const env = await workspaceEnvironment(postgres.url, ofManager);
    const workspace = await createWorkspace(folder, env, kind, manager, {
      nx: values.nx,
      packages: values.with,
    });
    await addPlugin(workspace);
    await addJob(workspace, kind);
    try {
      await serveWorker(workspace);
      await runBuilt(workspace, kind);
    } finally {
      await workspace.stopAll();
    }
    process.stdout.write('\nA job was added and run in the workspace that was created.\n');
  } finally {
    await postgres.stop();
    await registry.close();
    if (values.keep) process.stdout.write(`\nThe workspace is in ${folder}.\n`);
    else rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(join(folder, 'postgres')), { recursive: true, force: true });
  }
}

/** Adds the plugin, undoes that as the docs say, tries it without writing, and does it again, twice. */
async function addPlugin(workspace: CreatedWorkspace): Promise<void> {
  const before = workspace.files();
  await workspace.nx('add', PLUGIN.name);
  await workspace.run('git', 'checkout', '.');
  await workspace.run('git', 'clean', '-fd');
  sameFiles('After an undo', before, workspace.files());
  await workspace.nx('g', `${PLUGIN.name}:init`, '--dry-run');
  sameFiles('After a dry run', before, workspace.files());
  await workspace.nx('add', PLUGIN.name);
  await workspace.commit();
  const after = workspace.files();
  await workspace.nx('g', `${PLUGIN.name}:init`);
  sameFiles('After a second run', after, workspace.files());
}

function sameFiles(
  when: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
) {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => before.get(path) !== after.get(path));
  if (changed.length > 0)
    throw new Error(`${when} other files are there than before: ${changed.join(', ')}`);
  process.stdout.write(`\n${when} all ${before.size} files are as they were.\n`);
}

main(positionals[0] ?? 'nest', values.pm).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
