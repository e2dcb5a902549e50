import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import { build, stop, type PluginBuild } from 'esbuild';

const WORKSPACE = join(__dirname, '../../../../..');

/** A file that children of a worker can run, and what deletes it again. */
export interface CompiledSandbox {
  readonly entry: URL;
  remove(): Promise<void>;
}

/**
 * Bundles one of the files beside this one: the children of a worker are processes of their own, and
 * know nothing of Jest's compiler. Packages stay outside.
 */
export async function compileSandbox(source: string): Promise<CompiledSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  await symlink(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'sandbox.cjs');
  await build({
    entryPoints: [join(__dirname, source)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    tsconfig: join(WORKSPACE, 'tsconfig.base.json'),
    plugins: [{ name: 'decorators', setup: compileDecorators }],
  });
  await stop();
  return { entry: pathToFileURL(outfile), remove: () => rm(folder, { recursive: true }) };
}

/** Nest injects by the types that decorators leave in the code, which esbuild does not write. */
function compileDecorators(bundler: PluginBuild): void {
  bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const { code } = await transform(await readFile(path, 'utf8'), {
      filename: path,
      configFile: false,
      swcrc: false,
      sourceMaps: 'inline',
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
