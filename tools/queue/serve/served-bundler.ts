import type { BuildContext, Metafile } from 'esbuild';
import { context } from 'esbuild';
import { bundleErrorFrom } from '../bundle/bundle.error';
import type { BundleSettings } from '../bundle/bundle-settings';
import { compiledCodePlugin } from '../bundle/compiled-code.plugin';
import { decoratorsPlugin } from '../bundle/decorators.plugin';
import { esbuildOptions } from '../bundle/esbuild-options';
import { carryFiles } from '../bundle/files/carried-files';
import { helperPlugin } from '../bundle/files/helper-module';
import type { EntryPoints } from '../bundle/files/own-sources';
import { ownScriptsPlugin } from '../bundle/files/own-scripts.plugin';
import { OwnSources } from '../bundle/files/own-sources';
import type { ServedBundle } from './kept-bundle';
import { requiredPackagesPlugin } from './required-packages.plugin';

interface ContextOptions {
  metafile: true;
  write: false;
}

/**
 * Bundles the workspace's own files of one application, again and again: what did not change since the
 * last time stays in memory. Call `dispose` at the end, or the process does not exit.
 */
export class ServedBundler {
  private readonly settings: BundleSettings;
  private readonly sources: OwnSources;
  private entryPoints: EntryPoints;
  private context: Promise<BuildContext<ContextOptions>> | undefined;

  constructor(settings: BundleSettings) {
    this.settings = settings;
    this.entryPoints = settings.entryPoints;
    this.sources = new OwnSources(settings.workspaceRoot, settings.entryPoints);
  }

  /** Throws `BundleError` with all errors that esbuild found. */
  async bundle(): Promise<ServedBundle> {
    try {
      this.context ??= this.createContext();
      const { outputFiles, metafile } = await (await this.context).rebuild();
      const references = this.sources.references(metafile);
      const entryPoints = this.sources.entriesWith(references);
      if (!haveSameNames(entryPoints, this.entryPoints)) {
        // The sources start another program than before, or none any more: esbuild takes entries only at first.
        await this.dispose();
        this.entryPoints = entryPoints;
        return await this.bundle();
      }
      const carried = carryFiles(outputFiles, metafile, references, this.settings);
      const folders = references.map(({ target }) => target);
      return {
        files: carried.files,
        used: [...Object.keys(carried.metafile.inputs), ...folders],
        imports: importLines(carried.metafile),
      };
    } catch (error) {
      throw bundleErrorFrom(error, this.settings.project);
    }
  }

  async dispose(): Promise<void> {
    const created = this.context;
    this.context = undefined;
    await (await created)?.dispose();
  }

  private createContext(): Promise<BuildContext<ContextOptions>> {
    const prepare = (path: string, text: string): string => this.sources.read(path, text).text;
    return context({
      ...esbuildOptions(this.settings),
      entryPoints: this.entryPoints,
      sourcemap: 'linked',
      plugins: [
        helperPlugin(),
        compiledCodePlugin(new Map()),
        decoratorsPlugin(prepare),
        ownScriptsPlugin(this.settings.workspaceRoot, prepare),
        requiredPackagesPlugin(),
      ],
    });
  }
}

function haveSameNames(first: EntryPoints, second: EntryPoints): boolean {
  const names = Object.keys(first);
  return names.length === Object.keys(second).length && names.every((name) => name in second);
}

function importLines({ inputs }: Metafile): string {
  return Object.entries(inputs)
    .flatMap(([from, { imports }]) => imports.map(({ path }) => `${from} ${path}`))
    .sort()
    .join('\n');
}
