import { createRequire } from 'node:module';
import type { PackageChange } from './changed-packages.plugin';
import { namesInNode } from './names-in-node';

/** Files whose only purpose is to pass on what other files export: a program that needs one of those loads them all. */
const BARRELS: Readonly<Record<string, readonly string[]>> = {
  '@nestjs/common': [
    'index.js',
    'decorators/index.js',
    'decorators/core/index.js',
    'services/index.js',
    'utils/index.js',
  ],
  bullmq: ['dist/cjs/index.js', 'dist/cjs/classes/index.js'],
};

/**
 * A file of these packages is loaded when something that it exports is used first. In a program that takes a few things of
 * each, as the commands do, that is most of its start.
 */
export const DEFERRED_REEXPORTS: readonly PackageChange[] = Object.entries(BARRELS).flatMap(
  ([name, files]) => files.map((file) => ({ package: name, file, change: deferReexports })),
);

/** `export * from './file'`, as TypeScript writes it for CommonJS. */
const REEXPORT = /^tslib_1\.__exportStar\((require\("(\.[^"]+)"\)), exports\);$/gm;

/**
 * Passes on by name, and only when it is asked for, what a file passes on as a whole.
 *
 * @param path of the file, absolute
 */
export function deferReexports(text: string, path: string): string {
  const { resolve } = createRequire(path);
  const changed = text.replaceAll(
    REEXPORT,
    (_, call: string, file: string) =>
      `__passOn(${JSON.stringify(namesInNode(resolve(file)))}, () => ${call});`,
  );
  return changed === text ? text : `${changed}\n${PASS_ON}\n`;
}

/** As `__exportStar` does, a name that is there already stays what it is. */
const PASS_ON =
  'function __passOn(names, load) { for (const name of names) if (!Object.hasOwn(exports, name)) ' +
  'Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] }); }';
