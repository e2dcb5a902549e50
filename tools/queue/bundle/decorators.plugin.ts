import { readFile } from 'node:fs/promises';
import { transform as swc } from '@swc/core';
import type { Plugin } from 'esbuild';
import { transform as esbuildTransform } from 'esbuild';

/** Also true for a tag in a comment; then swc compiles a file that esbuild could have. */
const HAS_DECORATOR = /(?:^|[\s({,;])@[A-Za-z_$]/;

/**
 * Nest learns constructor parameter types from the metadata that TypeScript emits for decorators.
 * esbuild does not emit it, swc does: files with a decorator go through swc first, all others stay
 * with esbuild, which is faster.
 */
export function decoratorsPlugin(
  prepare: (path: string, text: string) => string = (_, text) => text,
): Plugin {
  return {
    name: 'decorators',
    setup(build) {
      // esbuild asks for every file again at each rebuild.
      const compiled = new Map<string, { source: string; contents: string }>();
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, async ({ path, suffix }) => {
        if (suffix || path.includes('/node_modules/')) return undefined;
        const written = await readFile(path, 'utf8');
        const source = prepare(path, written);
        if (!HAS_DECORATOR.test(source)) {
          return source === written
            ? undefined
            : { contents: source, loader: path.endsWith('x') ? 'tsx' : 'ts' };
        }
        const known = compiled.get(path);
        if (known?.source === source) return { contents: known.contents, loader: 'js' };
        try {
          const { code } = await swc(source, {
            filename: path,
            configFile: false,
            swcrc: false,
            sourceMaps: 'inline',
            module: { type: 'es6' },
            jsc: {
              target: 'es2022',
              keepClassNames: true,
              parser: { syntax: 'typescript', decorators: true, tsx: path.endsWith('x') },
              transform: { legacyDecorator: true, decoratorMetadata: true },
            },
          });
          compiled.set(path, { source, contents: code });
          return { contents: code, loader: 'js' };
        } catch (error) {
          // A syntax error: esbuild says the same with a location that it can print a code frame for.
          await esbuildTransform(source, { loader: 'ts', sourcefile: path, logLevel: 'silent' });
          throw error;
        }
      });
    },
  };
}
