import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { transform } from '@swc/core';
import { versionOfSources, WORKSPACE_ROOT } from '@libs/testing';
import { build, type PluginBuild, stop } from 'esbuild';

/** Files of this library compiled to JavaScript, for Node to run. */
export interface CompiledPrograms {
  /** Their folder; a test may add its own files there. */
  readonly folder: string;
  /** The path of a compiled file, such as `probe.sandbox`. */
  path(name: string): string;
  remove(): Promise<void>;
}

/** Optional packages that Nest and pg try to load. */
const NOT_INSTALLED = ['@nestjs/microservices', '@nestjs/websockets', 'class-*', 'pg-native'];

/**
 * What only a program with an HTTP server loads: a third of a bundle, which each process would read and parse at
 * start. Everything else is bundled, so that processes do not resolve it.
 */
const NOT_LOADED = ['@nestjs/platform-express'];

const CACHE = join(WORKSPACE_ROOT, 'node_modules/.cache/queue-test-programs');

/**
 * Bundles programs that run in separate processes, without Jest's compiler, together with their packages,
 * as an application is bundled. Done once for all test files, until a source changes.
 *
 * @param files below `libs/queue/src`, without `.ts`
 */
export async function compilePrograms(...files: string[]): Promise<CompiledPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  for (const file of files) {
    await copyFile(await compiled(file), join(folder, `${basename(file)}.js`));
  }
  return {
    folder,
    path: (name) => join(folder, `${name}.js`),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function compiled(file: string): Promise<string> {
  const sources = join(__dirname, '../..');
  const version = versionOfSources(sources, join(WORKSPACE_ROOT, 'package-lock.json')).slice(0, 16);
  const program = join(CACHE, version, `${basename(file)}.js`);
  if (existsSync(program)) return program;
  await deleteOthers(version);
  // Written under a temporary name until complete, because another test file may need it now.
  const draft = `${program}.${randomBytes(4).toString('hex')}`;
  await bundle(join(sources, `${file}.ts`), draft);
  await rename(draft, program);
  return program;
}

async function deleteOthers(version: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  for (const other of await readdir(CACHE)) {
    if (other !== version) await rm(join(CACHE, other), { recursive: true, force: true });
  }
}

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    external: [...NOT_INSTALLED, ...NOT_LOADED],
    keepNames: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    tsconfig: join(WORKSPACE_ROOT, 'tsconfig.base.json'),
    plugins: [{ name: 'decorators', setup: compileDecorators }],
  });
  await stop();
}

/** Nest injects by the type metadata of decorators, which esbuild does not emit. */
function compileDecorators(bundler: PluginBuild): void {
  bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const { code } = await transform(await readFile(path, 'utf8'), {
      filename: path,
      configFile: false,
      // By `require`, like the packages that they use: by `import` there would be a second copy of some.
      module: { type: 'commonjs' },
      swcrc: false,
      jsc: {
        target: 'es2022',
        keepClassNames: true,
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    });
    return { contents: code, loader: 'js' };
  });
}
