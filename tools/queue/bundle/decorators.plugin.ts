import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { transform as swc } from '@swc/core';
import type { Loader, Message, OnLoadResult, PartialMessage, Plugin } from 'esbuild';
import { transform as esbuildTransform } from 'esbuild';
import type { CompileSettings } from '../compile/compile-settings';
import { ProjectSettings } from '../compile/project-settings';
import { swcOptions } from '../compile/swc-options';
import { bundleErrorFrom, BundleError } from './bundle.error';
import type { MappedSource } from './source-location';
import { sourceLocation } from './source-location';

const NAME = 'decorators';

/** Whether there may be a decorator: also true for a tag in a comment, never for the name of a package. */
const MAY_HAVE_DECORATOR = /(?<!['"`])@\s*[\p{L}_$(\\]/u;
/** What swc calls for every decorator. */
const HAS_DECORATOR = /^function _(?:ts_decorate|apply_decs)/m;

/**
 * Nest learns constructor parameter types from the metadata that TypeScript emits for decorators.
 * esbuild does not emit it, swc does: files with a decorator go through swc first, all others stay
 * with esbuild, which is faster. So do files whose project has other settings than the application,
 * because esbuild knows the tsconfig of the application only.
 *
 * What esbuild says of such a file is about the output of swc; at the end of a build it is brought
 * back to the place in the source.
 *
 * `prepare` changes the text of a source before it is compiled. Every line must stay on its line.
 */
export function decoratorsPlugin(
  prepare: (path: string, text: string) => string = (_, text) => text,
): Plugin {
  return {
    name: NAME,
    setup(build) {
      const { tsconfig, absWorkingDir = process.cwd() } = build.initialOptions;
      const compiler = new Compiler(tsconfig && resolve(absWorkingDir, tsconfig));
      build.onStart(() => {
        compiler.startBuild();
      });
      build.onLoad({ filter: /\.(?:[cm]?ts|tsx)$/ }, async ({ path, suffix }) => {
        if (suffix || path.includes('/node_modules/')) return undefined;
        const text = await readFile(path, 'utf8');
        const source = prepare(path, text);
        const compiled = await compiler.compile(path, source, text);
        if (compiled) return compiled;
        return source === text ? undefined : { contents: source, loader: loaderOf(path) };
      });
      build.onEnd(({ errors, warnings }) => {
        for (const message of [...errors, ...warnings]) {
          if (message.pluginName === NAME) asOfNoPlugin(message);
          locateInSource(message, (file) => compiler.sourceOf(resolve(absWorkingDir, file)));
        }
      });
    },
  };
}

interface CompiledFile {
  source: string;
  settings: CompileSettings;
  /** `undefined` for a file that esbuild compiles. */
  contents: string | undefined;
  mapped: MappedSource | undefined;
}

/** Compiles with swc what esbuild cannot. esbuild asks for every file again at each rebuild. */
class Compiler {
  private readonly known = new Map<string, CompiledFile>();
  private settings: ProjectSettings;

  constructor(private readonly tsconfig: string | undefined) {
    this.settings = new ProjectSettings(tsconfig);
  }

  /** A tsconfig may have changed. */
  startBuild(): void {
    this.settings = new ProjectSettings(this.tsconfig);
  }

  sourceOf(path: string): MappedSource | undefined {
    return this.known.get(path)?.mapped;
  }

  /** `undefined`: esbuild is to compile it. `text` is the source as a person wrote it. */
  async compile(path: string, source: string, text: string): Promise<OnLoadResult | undefined> {
    const settings = this.settings.of(path);
    const known = this.known.get(path);
    if (known?.source === source && isSame(known.settings, settings)) {
      return known.contents === undefined ? undefined : { contents: known.contents, loader: 'js' };
    }
    const file: CompiledFile = { source, settings, contents: undefined, mapped: undefined };
    this.known.set(path, file);
    const needsMetadata = settings.decoratorMetadata && MAY_HAVE_DECORATOR.test(source);
    const isOther = !isSame(settings, this.settings.main);
    if (!needsMetadata && !isOther) return undefined;
    try {
      const { code, map = '' } = await swc(source, {
        ...swcOptions(path, settings),
        sourceMaps: true,
        module: { type: 'es6' },
      });
      if (!isOther && !HAS_DECORATOR.test(code)) return undefined;
      file.contents = `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
      file.mapped = {
        text,
        map: new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]),
      };
      return { contents: file.contents, loader: 'js' };
    } catch (error) {
      this.known.delete(path);
      return { errors: await syntaxErrors(path, source, settings, error) };
    }
  }
}

/** esbuild says the same as swc, with a location that it can print a code frame for. */
async function syntaxErrors(
  path: string,
  source: string,
  settings: CompileSettings,
  error: unknown,
): Promise<PartialMessage[]> {
  try {
    await esbuildTransform(source, {
      loader: loaderOf(path),
      sourcefile: path,
      logLevel: 'silent',
      tsconfigRaw: {
        compilerOptions: { experimentalDecorators: settings.decorators === 'legacy' },
      },
    });
  } catch (failure) {
    const found = bundleErrorFrom(failure, '');
    if (found instanceof BundleError) return [...found.messages];
  }
  const reason = error instanceof Error ? error.message : String(error);
  return [{ text: stripVTControlCharacters(reason), location: { file: path } }];
}

function loaderOf(path: string): Loader {
  return path.endsWith('x') ? 'tsx' : 'ts';
}

function isSame(a: CompileSettings, b: CompileSettings): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** It is an error of the source: who compiled it, and which import led to it, does not help to find it. */
function asOfNoPlugin(message: Message): void {
  message.pluginName = '';
  message.notes = message.notes.filter(({ text }) => !text.startsWith('The plugin "'));
}

function locateInSource(
  message: Message,
  sourceOf: (file: string) => MappedSource | undefined,
): void {
  for (const place of [message, ...message.notes]) {
    const { location } = place;
    const mapped = location && isOnDisk(location.namespace) ? sourceOf(location.file) : undefined;
    if (location && mapped) place.location = sourceLocation(location, mapped);
  }
}

/** esbuild leaves out the namespace of files in messages of its own. */
function isOnDisk(namespace: string): boolean {
  return namespace === '' || namespace === 'file';
}
