import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import type { FileReference } from './file-reference';
import { FILES_FOLDER, HELPER_ENTRY } from './helper-module';
import { programName } from './own-sources';
import { PATH_LINE } from './path-line';

/** A file of a bundle in memory; esbuild's own have the same. */
export interface BundledFile {
  /** Absolute. */
  path: string;
  contents: Uint8Array;
  hash: string;
}

/** The folders of a bundle, absolute. */
export interface BundlePlace {
  workspaceRoot: string;
  outputPath: string;
}

/**
 * Adds to a bundle the files that its sources refer to by path, and tells the metafile of all that they
 * refer to, programs included: so they are among the imports that it lists.
 */
export function carryFiles(
  files: readonly BundledFile[],
  metafile: Metafile,
  references: readonly FileReference[],
  place: BundlePlace,
): { files: BundledFile[]; metafile: Metafile } {
  const outputFolder = relative(place.workspaceRoot, place.outputPath).split(sep).join('/');
  const helpers = Object.keys(HELPER_ENTRY).flatMap((name) => [`${name}.js`, `${name}.js.map`]);
  const isHelper = (path: string): boolean =>
    helpers.some((helper) => path.endsWith(`${outputFolder}/${helper}`));

  const told = new MetafileWriter(metafile, outputFolder, isHelper);
  const carried = new Map<string, BundledFile>();
  for (const reference of references) {
    if (reference.kind === 'program') told.add(reference, reference.target);
    if (reference.kind !== 'asset') continue;
    for (const asset of listAssets(place.workspaceRoot, reference.target)) {
      const file = carried.get(asset) ?? readAsset(asset, place);
      carried.set(asset, file);
      told.add(reference, asset, file.contents.length);
    }
  }
  const written = files.filter(({ path }) => !isHelper(path.split(sep).join('/')));
  return { files: [...written, ...carried.values()], metafile: told.metafile };
}

function readAsset(asset: string, { workspaceRoot, outputPath }: BundlePlace): BundledFile {
  const contents = readFileSync(join(workspaceRoot, asset));
  const hash = createHash('sha256').update(contents).digest('base64');
  return { path: join(outputPath, FILES_FOLDER, asset), contents, hash };
}

/** A file, or all files in a folder but TypeScript sources, which nothing can read there. */
function listAssets(workspaceRoot: string, target: string): string[] {
  if (!statSync(join(workspaceRoot, target)).isDirectory()) return [target];
  return readdirSync(join(workspaceRoot, target))
    .sort()
    .filter((name) => !/\.[cm]?tsx?$/.test(name) && name !== 'node_modules')
    .flatMap((name) => listAssets(workspaceRoot, `${target}/${name}`));
}

/** A copy of a metafile that also has what sources refer to by path. */
class MetafileWriter {
  readonly metafile: Metafile;

  constructor(
    metafile: Metafile,
    private readonly outputFolder: string,
    isHelper: (path: string) => boolean,
  ) {
    this.metafile = {
      inputs: { ...metafile.inputs },
      outputs: Object.fromEntries(
        Object.entries(metafile.outputs).filter(([path]) => !isHelper(path)),
      ),
    };
  }

  /** `bytes`: of an asset; a program is in the metafile already. */
  add({ from, text, line }: FileReference, target: string, bytes?: number): void {
    const { inputs, outputs } = this.metafile;
    const source = inputs[from];
    if (!source) return;
    const link = {
      path: target,
      kind: 'dynamic-import',
      original: text,
      with: { [PATH_LINE]: String(line) },
    } as const;
    inputs[from] = { ...source, imports: [...source.imports, link] };

    const name = bytes === undefined ? `${programName(target)}.js` : `${FILES_FOLDER}/${target}`;
    const output = `${this.outputFolder}/${name}`;
    if (bytes !== undefined) {
      inputs[target] ??= { bytes, imports: [] };
      outputs[output] = {
        bytes,
        inputs: { [target]: { bytesInOutput: bytes } },
        imports: [],
        exports: [],
      };
    }
    for (const [path, found] of Object.entries(outputs)) {
      if (!found.inputs[from]) continue;
      outputs[path] = {
        ...found,
        imports: [...found.imports, { path: output, kind: 'dynamic-import' }],
      };
    }
  }
}
