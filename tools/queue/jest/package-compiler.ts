import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import vm from 'node:vm';
import { ES_MODULE_MARK } from './interop-helpers';
import { isEsModule } from './module-kind';
import { PlainFiles } from './plain-files';
import { finishCommonJs, isScript, toCommonJs } from './to-commonjs';

/** Under --experimental-vm-modules Jest has all that is missing. */
const LOADS_ES_MODULES = 'SyntheticModule' in vm;
const CACHE = 'node_modules/.cache/queue-plugin/jest-';
const MODULE_SYNTAX = /^\s*(?:import|export)\b/m;

/**
 * Compiles files of packages that Jest cannot load: ES modules, and CommonJS with an `import()`. Everything
 * else of a package stays as it is: to pass it all through a transform would cost a second or two at each
 * first run.
 *
 * Jest reads each file once for a test file, into a map that it shares with transforms (`cacheFS`). The
 * results are put there, so that a file keeps its path: packages ask for it, and pass it to other processes.
 */
export class PackageCompiler {
  private readonly seen = new Set<string>();
  private readonly compiled = new Map<string, string>();
  private readonly plain = new Map<string, PlainFiles>();
  private texts: Map<string, string> | undefined;

  /** `version` changes when results would. */
  constructor(private readonly version: string) {}

  /** The test file that runs now has this map of the texts of files. */
  fill(texts: Map<string, string>): void {
    if (this.texts === texts) return;
    this.texts = texts;
    for (const [file, code] of this.compiled) texts.set(file, code);
  }

  /** A file is about to be loaded. */
  foresee(file: string): void {
    if (this.seen.has(file)) return;
    this.seen.add(file);
    const code = LOADS_ES_MODULES ? undefined : this.compile(file);
    if (code === undefined) return;
    this.compiled.set(file, code);
    this.texts?.set(file, code);
  }

  /** `undefined` for a file to load as it is. */
  private compile(file: string): string | undefined {
    if (!/[\\/]node_modules[\\/]/.test(file) || !/^\.[cm]?js$/.test(extname(file)))
      return undefined;
    const plain = this.plainFilesOf(file);
    if (plain.has(file)) return undefined;
    const bytes = readFileSync(file);
    const isModule = isEsModule(file);
    const isCandidate = isModule || isUnmarkedModule(file, bytes);
    if (!isCandidate && !bytes.includes('import(') && !bytes.includes('import (')) {
      plain.add(file);
      return undefined;
    }

    const source = bytes.toString().replace(/^#!.*/, '');
    const mayBeModule = isModule || (isCandidate && !isScript(source));
    const target = this.targetOf(file, source);
    if (existsSync(target)) return readFileSync(target, 'utf8');
    const code = mayBeModule ? compileModule(file, source, isModule) : compileScript(source);
    if (code === undefined) {
      plain.add(file);
      return undefined;
    }
    write(target, code);
    return code;
  }

  private plainFilesOf(file: string): PlainFiles {
    const folder = this.cacheOf(file);
    const known = this.plain.get(folder);
    if (known) return known;
    const files = new PlainFiles(join(folder, 'plain-files.txt'));
    this.plain.set(folder, files);
    return files;
  }

  private targetOf(file: string, source: string): string {
    const inside = file.slice(workspaceOf(file).length);
    const hash = createHash('sha1').update(source).digest('hex').slice(0, 10);
    const name = `${basename(inside, extname(inside))}-${hash}.cjs`;
    return join(this.cacheOf(file), dirname(inside), name);
  }

  private cacheOf(file: string): string {
    return join(workspaceOf(file), `${CACHE}${this.version}`);
  }
}

/** What the first node_modules of a path lies in. */
function workspaceOf(file: string): string {
  const [, workspace = ''] = /^(.*?[\\/])node_modules[\\/]/.exec(file) ?? [];
  return workspace;
}

/** An ES module that nothing calls one. What CommonJS takes or gives has these words. */
function isUnmarkedModule(file: string, bytes: Buffer): boolean {
  if (file.endsWith('.cjs') || bytes.includes('exports') || bytes.includes('require('))
    return false;
  return MODULE_SYNTAX.test(bytes.toString());
}

function compileModule(file: string, source: string, isModule: boolean): string {
  const { code, topLevelAwait } = toCommonJs({
    source,
    options: {
      filename: file,
      configFile: false,
      swcrc: false,
      sourceMaps: true,
      isModule: isModule ? true : 'unknown',
      jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
    },
    trustsEsModuleFlag: !isModule,
  });
  if (!topLevelAwait)
    return isModule ? code.replace(/^("use strict";)?/, `$1${ES_MODULE_MARK}`) : code;
  const place = `${file}:${topLevelAwait.line}:${topLevelAwait.column + 1}`;
  const message =
    `${place} waits at the top level of a module. A bundle can do that; a spec loads modules as CommonJS, which cannot wait. ` +
    'Mock the package in this spec: jest.mock(name, factory).';
  return `throw new Error(${JSON.stringify(message)});`;
}

/** `undefined` if there is no `import()` in it, only the words. */
function compileScript(source: string): string | undefined {
  return finishCommonJs({ source, trustsEsModuleFlag: true });
}

/** At once: another worker of Jest may be at the same. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
