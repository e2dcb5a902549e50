import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BundleSettings } from '../bundle/bundle-settings';
import type { BundledFile } from '../bundle/files/carried-files';
import { findMarkers, hash, isUnchanged, type Stamp, stamp } from '../workspace/built-program.cjs';

/** A bundle of an application, with what `ServedBundles` answers about it. */
export interface ServedBundle {
  files: readonly BundledFile[];
  /** What it was made from, relative to the workspace root: files, and folders that sources name. */
  used: readonly string[];
  /** Stands for all that the sources import. */
  imports: string;
}

/** Changes with `Kept`: a file of another version of this plugin is not read. */
const FORMAT = 1;

/** The JSON file. */
interface Kept {
  made: string;
  inputs: Stamp[];
  /** By their paths in the output folder. */
  files: Record<string, { hash: string; base64: string }>;
  used: string[];
  imports: string;
}

/** Decide how imports are resolved and files compiled, besides the sources themselves. */
const WORKSPACE_FILES = ['nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json'];

/**
 * Keeps the last bundle of a served application in its folder below `dist/serve`, so that the next serve can start
 * the application without a compiler if its sources are as they were.
 */
export class KeptBundle {
  private readonly file: string;

  constructor(
    private readonly folder: string,
    private readonly settings: BundleSettings,
  ) {
    this.file = join(folder, 'bundle.json');
  }

  /** Undefined if there is none, or a source, the settings or Node's version are others now. */
  read(): ServedBundle | undefined {
    const { workspaceRoot, outputPath } = this.settings;
    const kept = this.parse();
    if (kept?.made !== this.made()) return undefined;
    if (!kept.inputs.every((input) => isUnchanged(workspaceRoot, input))) return undefined;
    const files = Object.entries(kept.files).map(([path, { hash, base64 }]) => ({
      path: join(outputPath, path),
      contents: Buffer.from(base64, 'base64'),
      hash,
    }));
    return { files, used: kept.used, imports: kept.imports };
  }

  write({ files, used, imports }: ServedBundle): void {
    const { workspaceRoot, outputPath, tsConfig } = this.settings;
    const read = [...used, ...WORKSPACE_FILES, relative(workspaceRoot, tsConfig)];
    const kept: Kept = {
      made: this.made(),
      inputs: [...new Set(read)].map((path) => stamp(workspaceRoot, path)),
      files: Object.fromEntries(
        files.map(({ path, hash, contents }) => [
          relative(outputPath, path),
          { hash, base64: Buffer.from(contents).toString('base64') },
        ]),
      ),
      used: [...used],
      imports,
    };
    mkdirSync(this.folder, { recursive: true });
    // Two serves of the same application may write at once.
    const temporary = `${this.file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(kept));
    renameSync(temporary, this.file);
  }

  private parse(): Kept | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Kept;
    } catch {
      // The first serve, or a file that was written by half.
      return undefined;
    }
  }

  /** How a bundle is made, and which projects, jobs and processors there are: a new one is in no kept bundle. */
  private made(): string {
    const { outputPath, ...settings } = this.settings;
    const depth = relative(this.settings.workspaceRoot, outputPath).split('/').length;
    const markers = findMarkers(this.settings.workspaceRoot);
    return hash(JSON.stringify([FORMAT, process.version, settings, depth, markers]));
  }
}
