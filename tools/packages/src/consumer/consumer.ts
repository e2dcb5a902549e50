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
  remove(): void;
}

/**
 * Unpacks a tarball as npm does. Beside it are links to this workspace's versions of what its package.json lists, in
 * place of downloads, and nothing else: what it does not list cannot be imported.
 */
export async function linkedConsumer(manifest: Manifest, tarball: string): Promise<Consumer> {
  const consumer = emptyConsumer({});
  const modules = join(consumer.folder, 'node_modules');
  const own = join(modules, manifest.name);
  mkdirSync(own, { recursive: true });
  await execute('tar', ['-xzf', tarball, '-C', own, '--strip-components=1']);
  for (const name of neededBy(manifest)) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(INSTALLED, name), link);
  }
  return consumer;
}

/** Installs a tarball with npm, and this workspace's versions of what its package.json lists. */
export async function installedConsumer(manifest: Manifest, tarball: string): Promise<Consumer> {
  const versions = neededBy(manifest).map((name) => {
    const { version = '*' } = readManifest(join(INSTALLED, name));
    return [name, version] as const;
  });
  const consumer = emptyConsumer({
    [manifest.name]: `file:${tarball}`,
    ...Object.fromEntries(versions),
  });
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: consumer.folder,
  });
  return consumer;
}

function neededBy({ dependencies = {}, peerDependencies = {} }: Manifest): string[] {
  return [...Object.keys(dependencies), ...Object.keys(peerDependencies), ...TOOLS];
}

function emptyConsumer(dependencies: Readonly<Record<string, string>>): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'package-consumer-'));
  const manifest = { name: 'consumer', version: '1.0.0', private: true, dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return {
    folder,
    node: async (...args) => {
      try {
        const { stdout } = await execute(process.execPath, [...args], { cwd: folder });
        return stdout;
      } catch (error) {
        throw new Error(outputOf(error), { cause: error });
      }
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function outputOf(error: unknown): string {
  const { message, stdout, stderr } = error as { message: string; stdout: string; stderr: string };
  return [message, stdout, stderr].join('\n');
}
