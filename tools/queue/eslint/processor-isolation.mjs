import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import ts from 'typescript';

/**
 * A folder with a `*.processor.ts` (or `.tsx`) belongs to that processor: nothing outside of it imports from it,
 * above all no other processor. Only the generated registry does, lazily, and it is not linted. The processor of plain
 * @nestjs/bullmq, with `@Processor`, is an ordinary part of its application, and has no such folder.
 *
 * A worker loads the code of the processors that it was told to run and no other. One import across
 * would pull a neighbour's code, and its npm packages, along.
 */
export const processorIsolation = {
  meta: {
    type: 'problem',
    docs: { description: "Keep other code out of a processor's folder" },
    schema: [],
    messages: {
      foreign:
        "'{{specifier}}' is in the folder of another processor. Only the registry (processors.generated.ts) " +
        'may import from there. Move what both need to a library.',
    },
  },
  create(context) {
    const { program } = context.sourceCode.parserServices;
    const options = program?.getCompilerOptions() ?? nearestOptions(context.filename);

    const check = (node) => {
      const { source } = node;
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const { resolvedModule } = ts.resolveModuleName(
        source.value,
        context.filename,
        options,
        ts.sys,
      );
      if (!resolvedModule || resolvedModule.isExternalLibraryImport) return;
      const owner = processorFolder(resolvedModule.resolvedFileName);
      if (owner === undefined || context.filename.startsWith(owner + sep)) return;
      context.report({
        node: source,
        messageId: 'foreign',
        data: { specifier: source.value },
      });
    };

    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

/** By the folder of a tsconfig.json. */
const knownOptions = new Map();

/** The compiler options of a file, for a lint without types. */
function nearestOptions(file) {
  const config = ts.findConfigFile(dirname(file), ts.sys.fileExists);
  if (config === undefined) return {};
  let options = knownOptions.get(config);
  if (options === undefined) {
    const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
    // Only the options are asked for, so no files are searched for.
    const host = { ...ts.sys, readDirectory: () => [] };
    ({ options } = ts.parseJsonConfigFileContent(json, host, dirname(config)));
    knownOptions.set(config, options);
  }
  return options;
}

/** The nearest folder above the file that holds a processor. */
function processorFolder(file) {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (readdirSync(folder).some((name) => isProcessor(folder, name))) return folder;
    if (existsSync(`${folder}${sep}project.json`)) return undefined;
  }
  return undefined;
}

function isProcessor(folder, name) {
  if (!/\.processor\.tsx?$/.test(name)) return false;
  return !/@Processor\s*\(/.test(readFileSync(join(folder, name), 'utf8'));
}
