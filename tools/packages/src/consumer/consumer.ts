import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Manifest, readManifest } from '../package-manifest';

const execute = promisify(execFile);
const INSTALLED = join(__dirname, '../../../../node_modules');

/** What a project outside of this workspace needs to compile its sources. */
const TOOLS = ['typescript', '@types/node'];

/** A project outside of this workspace that has a packed package installed. */
export interface Consumer {
  readonly folder: string;
  /** Runs node in its folder; resolves to the output, and rejects with all of it. */
  node(...args: readonly string[]): Promise<string>;
  /** The same with further variables in its environment. */
  nodeWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string>;
  /** The same with another program than the Node.js that runs this. */
  run(program: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string>;
  remove(): void;
}

/** A package, and what `npm pack` made of it. */
export interface Tarball {
  readonly manifest: Manifest;
  /** Absolute. */
  readonly file: string;
}

/**
 * Unpacks tarballs as npm does. Beside them are links to this workspace's versions of what their package.json lists, in
 * place of downloads, and nothing else: what it does not list cannot be imported.
 *
 * @param others packages that its own sources need
 */
export async function linkedConsumer(
  tarballs: readonly Tarball[],
  others: readonly string[] = [],
): Promise<Consumer> {
  const consumer = emptyConsumer(
    Object.fromEntries(tarballs.map(({ manifest, file }) => [manifest.name, `file:${file}`])),
  );
  const modules = join(consumer.folder, 'node_modules');
  for (const { manifest, file } of tarballs) {
    const own = join(modules, manifest.name);
    mkdirSync(own, { recursive: true });
    await execute('tar', ['-xzf', file, '-C', own, '--strip-components=1']);
  }
  for (const name of new Set([...neededBy(tarballs), ...others])) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(INSTALLED, name), link);
  }
  return consumer;
}

/**
 * Installs tarballs with npm, and this workspace's versions of what their package.json lists.
 *
 * @param others packages that its own sources need
 * @param versions in place of those of this workspace, by package
 * @throws Error if npm refuses them, such as for a peer
 */
export async function installedConsumer(
  tarballs: readonly Tarball[],
  others: readonly string[] = [],
  versions: Readonly<Record<string, string>> = {},
): Promise<Consumer> {
  const installed = [...neededBy(tarballs), ...others].map((name) => {
    const { name: own, version = '*' } = readManifest(join(INSTALLED, name));
    return [name, own === name ? version : `npm:${own}@${version}`] as const;
  });
  const consumer = emptyConsumer({
    ...Object.fromEntries(tarballs.map(({ manifest, file }) => [manifest.name, `file:${file}`])),
    ...Object.fromEntries(installed),
    ...versions,
  });
  await consumer.run('npm', {}, 'install', '--prefer-offline', '--no-audit', '--no-fund');
  return consumer;
}

function neededBy(tarballs: readonly Tarball[]): string[] {
  const listed = tarballs.flatMap(({ manifest: { dependencies = {}, peerDependencies = {} } }) => [
    ...Object.keys(dependencies),
    ...Object.keys(peerDependencies),
  ]);
  return [...new Set([...listed, ...TOOLS])];
}

function emptyConsumer(dependencies: Readonly<Record<string, string>>): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'package-consumer-'));
  const manifest = { name: 'consumer', version: '1.0.0', private: true, dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const run: Consumer['run'] = async (program, env, ...args) => {
    try {
      const options = { cwd: folder, env: { ...process.env, ...env } };
      return (await execute(program, [...args], options)).stdout;
    } catch (error) {
      throw new Error(outputOf(error), { cause: error });
    }
  };
  return {
    folder,
    run,
    nodeWith: (env, ...args) => run(process.execPath, env, ...args),
    node: (...args) => run(process.execPath, {}, ...args),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function outputOf(error: unknown): string {
  const { message, stdout, stderr } = error as { message: string; stdout: string; stderr: string };
  return [message, stdout, stderr].join('\n');
}
