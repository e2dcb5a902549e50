import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { DiskFiles, findFiles } from './workspace/index';

const files = new DiskFiles(__dirname);

/*
 * From 22.18 on, Node loads TypeScript by itself, and Nx tries that first. Where it cannot, Nx falls back
 * to swc, but not for every reason.
 */
describe('Nx can load the plugin with every version of Node', () => {
  it.each(findFiles(files, '.', '.ts'))('%s imports files, never folders', (file) => {
    const { importedFiles } = ts.preProcessFile(files.read(file) ?? '', true, true);
    const folders = importedFiles
      .map(({ fileName }) => fileName)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) =>
        statSync(join(__dirname, dirname(file), specifier), {
          throwIfNoEntry: false,
        })?.isDirectory(),
      );

    expect(folders).toEqual([]);
  });

  it('package.json leaves the kind of module open', () => {
    expect(JSON.parse(files.read('package.json') ?? '{}')).not.toHaveProperty('type');
  });
});
