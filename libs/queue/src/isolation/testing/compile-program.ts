import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from '@swc/core';
import { build, type PluginBuild, stop } from 'esbuild';

const WORKSPACE = join(__dirname, '../../../../..');

/** JavaScript of some of the files beside this one, for Node to run. */
export interface CompiledPrograms {
  /** Where they are; a test may put files of its own there. */
  readonly folder: string;
  /** Where the program of a file is, such as `probe.sandbox`. */
  path(name: string): string;
  remove(): Promise<void>;
}

/**
 * Bundles programs for processes of their own, which know nothing of Jest's compiler. Packages stay
 * outside.
 */
export async function compilePrograms(...names: string[]): Promise<CompiledPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: names.map((name) => join(__dirname, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    tsconfig: join(WORKSPACE, 'tsconfig.base.json'),
    plugins: [{ name: 'decorators', setup: compileDecorators }],
  });
  await stop();
  return {
    folder,
    path: (name) => join(folder, `${name}.js`),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Nest injects by the types that decorators leave in the code, which esbuild does not write. */
function compileDecorators(bundler: PluginBuild): void {
  bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const { code } = await transform(await readFile(path, 'utf8'), {
      filename: path,
      configFile: false,
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
