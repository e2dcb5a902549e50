import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { transform } from '@swc/core';
import { ExperimentError } from '../run/experiment.error';

/** A program compiled file by file, and the packages that it requires. */
export interface CompiledFiles {
  /** The file to start, relative to the output folder. */
  main: string;
  /** Names of npm packages, sorted. */
  packages: string[];
}

export interface CompileOptions {
  /** The folder of the workspace, with its tsconfig.base.json. */
  root: string;
  /** The TypeScript file to start, relative to the workspace. */
  entry: string;
  outputFolder: string;
}

/** Every `require` that swc emits has a literal. */
const REQUIRE = /\brequire\("([^"]+)"\)/g;

/**
 * Compiles each file that the entry imports, directly or not, to one CommonJS file, as `nest build` does.
 * Import paths of tsconfig.base.json become relative ones.
 *
 * @throws ExperimentError for an import without a file
 */
export async function compileFiles(options: CompileOptions): Promise<CompiledFiles> {
  const resolveAlias = await readAliases(options.root);
  const packages = new Set<string>();
  const waiting = [options.entry];
  const seen = new Set(waiting);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const importer = file;
    const code = (await compile(options.root, importer)).replace(
      REQUIRE,
      (_, specifier: string) => {
        const path = specifier.startsWith('.')
          ? posix.join(posix.dirname(importer), specifier)
          : resolveAlias(specifier);
        if (path === undefined) {
          if (!specifier.startsWith('node:')) packages.add(packageOf(specifier));
          return `require("${specifier}")`;
        }
        const target = sourceFile(options.root, path, importer);
        if (!seen.has(target)) {
          seen.add(target);
          waiting.push(target);
        }
        return `require("./${posix.relative(posix.dirname(importer), compiledName(target))}")`;
      },
    );
    const output = join(options.outputFolder, compiledName(importer));
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, code);
  }
  return { main: compiledName(options.entry), packages: [...packages].sort() };
}

async function compile(root: string, file: string): Promise<string> {
  const text = await readFile(join(root, file), 'utf8');
  if (isText(file))
    return `exports.__esModule = true;\nexports.default = ${JSON.stringify(text)};\n`;
  const { code } = await transform(text, {
    filename: file,
    configFile: false,
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  return code;
}

/** The import paths of tsconfig.base.json. */
async function readAliases(root: string): Promise<(specifier: string) => string | undefined> {
  // This workspace's own file.
  const { compilerOptions } = JSON.parse(
    await readFile(join(root, 'tsconfig.base.json'), 'utf8'),
  ) as { compilerOptions: { paths: Record<string, [string]> } };
  const aliases = Object.entries(compilerOptions.paths).map(([pattern, [target]]) => {
    const [before = '', after] = pattern.split('*');
    return { before, isPattern: after !== undefined, target };
  });
  return (specifier) => {
    const exact = aliases.find(({ before, isPattern }) => !isPattern && before === specifier);
    const found =
      exact ?? aliases.find(({ before, isPattern }) => isPattern && specifier.startsWith(before));
    return (
      found && posix.normalize(found.target.replace('*', specifier.slice(found.before.length)))
    );
  };
}

function sourceFile(root: string, path: string, importer: string): string {
  const candidates = [path, `${path}.ts`, `${path}/index.ts`].filter(
    (name) => name.endsWith('.ts') || isText(name),
  );
  const found = candidates.find((name) => existsSync(join(root, name)));
  if (found !== undefined) return found;
  throw new ExperimentError(`${importer} imports ${path}, which does not exist.`);
}

function compiledName(file: string): string {
  return isText(file) ? `${file}.js` : file.replace(/\.ts$/, '.js');
}

/** An import of it gives its text. */
function isText(file: string): boolean {
  return file.endsWith('.sql');
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
