import { createHash } from 'node:crypto';
import type { SyncTransformer, TransformedSource, TransformOptions } from '@jest/transform';
import { nearestTsconfig, ProjectSettings } from '../compile/project-settings';
import { swcOptions } from '../compile/swc-options';
import type { CompiledSources } from './compiled-sources';
import { compile } from './compile';
import { isEsModule } from './module-kind';
import type { PackageCompiler } from './package-compiler';
import { toCommonJs } from './to-commonjs';
import { TopLevelAwaitError } from './top-level-await.error';

/** Compiles the sources of the workspace for Jest as the bundler compiles them. */
export class SourceTransform implements SyncTransformer {
  private readonly settings = new Map<string, ProjectSettings>();

  /** `version` changes when results would. */
  constructor(
    private readonly version: string,
    private readonly packages: PackageCompiler,
    private readonly compiled: CompiledSources,
  ) {}

  process(source: string, path: string, options: TransformOptions): TransformedSource {
    const key = hashOf([source, path, ...this.influences(path, options)]);
    const known = this.compiled.get(path, key);
    if (known) return known;
    const { code, map } = this.compile(source, path, options);
    this.compiled.set(path, { key, code, map });
    return { code, map };
  }

  private compile(source: string, path: string, options: TransformOptions): TransformedSource {
    const swc = swcOptions(path, this.settingsOf(options).of(path));
    const jsc = { ...swc.jsc, transform: { ...swc.jsc.transform, hidden: { jest: true } } };
    // A script, such as a file of CommonJS, stays one.
    const common = { ...swc, jsc, sourceMaps: true, isModule: 'unknown' } as const;
    if (options.supportsStaticESM) {
      return compile(source, { ...common, module: { type: 'es6' } });
    }
    const { code, map, topLevelAwait } = toCommonJs({
      source,
      options: common,
      trustsEsModuleFlag: !isEsModule(path),
    });
    if (topLevelAwait) throw new TopLevelAwaitError(path, topLevelAwait, source);
    return { code, map: map ?? null };
  }

  getCacheKey(source: string, path: string, options: TransformOptions): string {
    // Called before a source is loaded, also if its result is in the cache: the packages it imports come after it.
    this.packages.fill(options.cacheFS);
    const { configString, instrument } = options;
    const influences = this.influences(path, options);
    return hashOf([this.version, source, path, configString, instrument, ...influences]);
  }

  /** What a result depends on besides the source itself. */
  private influences(path: string, options: TransformOptions): unknown[] {
    const settings = JSON.stringify(this.settingsOf(options).of(path));
    return [settings, options.supportsStaticESM, isEsModule(path)];
  }

  /** A file whose project has no tsconfig follows the project that is tested. */
  private settingsOf({ config }: TransformOptions): ProjectSettings {
    const known = this.settings.get(config.rootDir);
    if (known) return known;
    const settings = new ProjectSettings(nearestTsconfig(config.rootDir));
    this.settings.set(config.rootDir, settings);
    return settings;
  }
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha1').update(parts.join('\0')).digest('hex');
}
