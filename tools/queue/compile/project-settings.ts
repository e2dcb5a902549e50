import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { parseTsconfig } from 'get-tsconfig';
import type { CompileSettings } from './compile-settings';
import { compileSettings } from './compile-settings';

/** Of these, a folder's first counts. The tsconfig of a project's tests does not: they test what is built. */
export const TSCONFIG_NAMES = [
  'tsconfig.app.json',
  'tsconfig.lib.json',
  'tsconfig.json',
  'tsconfig.base.json',
] as const;

/** The tsconfig of the folder, or of the nearest folder above it that has one. */
export function nearestTsconfig(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const found = TSCONFIG_NAMES.map((name) => join(current, name)).find(existsSync);
    if (found ?? current === dirname(current)) return found;
  }
}

/**
 * The settings of each file: those of the tsconfig of its project, as an editor and `tsc -p` read it.
 * A file whose project has none, only the workspace, follows the application: it is part of its program.
 */
export class ProjectSettings {
  /** Those of the application. */
  readonly main: CompileSettings;
  private readonly byFolder = new Map<string, CompileSettings>();
  private readonly byTsconfig = new Map<string, CompileSettings>();

  /** `tsconfig`: the absolute path of the application's; without it, every file has the nearest one. */
  constructor(private readonly tsconfig: string | undefined) {
    this.main = this.read(tsconfig);
  }

  of(file: string): CompileSettings {
    const folder = dirname(file);
    const known = this.byFolder.get(folder);
    if (known) return known;
    const found = this.read(this.tsconfigOf(folder));
    this.byFolder.set(folder, found);
    return found;
  }

  private tsconfigOf(folder: string): string | undefined {
    const nearest = nearestTsconfig(folder);
    if (nearest === undefined || this.tsconfig === undefined) return nearest ?? this.tsconfig;
    const root = dirname(nearest);
    const isAbove = `${dirname(this.tsconfig)}${sep}`.startsWith(
      root.endsWith(sep) ? root : `${root}${sep}`,
    );
    return isAbove ? this.tsconfig : nearest;
  }

  private read(tsconfig: string | undefined): CompileSettings {
    if (tsconfig === undefined) return compileSettings();
    const known = this.byTsconfig.get(tsconfig);
    if (known) return known;
    const settings = compileSettings(parseTsconfig(tsconfig).compilerOptions);
    this.byTsconfig.set(tsconfig, settings);
    return settings;
  }
}
