import { isBuiltin } from 'node:module';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { packageOfFile } from '../bundle/npm-package';
import { isCommonJsFile, REQUIRED, requiredModule } from '../bundle/required-module';

const RESOLVING = Symbol('resolving');

/**
 * Leaves npm packages where they are, in node_modules: bundling them again at each change would take
 * longer than all the rest.
 *
 * They are required, not imported. So there is one instance of each, as in a build; and a name can be
 * imported from any CommonJS package, where Node itself would only see the names it can guess.
 */
export function requiredPackagesPlugin(): Plugin {
  return {
    name: 'required-packages',
    setup(build) {
      const resolver = new Resolver(build);
      build.onResolve({ filter: /^[^./]/ }, (args) => resolver.resolve(args));
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => requiredModule(path));
    },
  };
}

/** `esbuild`: a file of the workspace, which esbuild finds by itself. */
type Answer = 'require' | 'import' | 'esbuild';

class Resolver {
  /** Answers do not change while serving; asking esbuild again would be the slowest part of a rebuild. */
  private readonly answers = new Map<string, Answer>();

  constructor(private readonly build: PluginBuild) {}

  async resolve(args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    const { path, kind, resolveDir, namespace } = args;
    const isOwnQuestion = args.pluginData === RESOLVING;
    if (isOwnQuestion || kind === 'entry-point' || isBuiltin(path)) return undefined;
    if (namespace === REQUIRED) return { path, external: true };

    const key = `${resolveDir}\0${path}`;
    const answer = this.answers.get(key) ?? (await this.find(args));
    // What is missing now may be there the next time, and is a file of the workspace or a package then.
    if (answer === undefined) return undefined;
    this.answers.set(key, answer);
    if (answer === 'esbuild') return undefined;
    return answer === 'require' ? { path, namespace: REQUIRED } : { path, external: true };
  }

  private async find({
    path,
    kind,
    importer,
    resolveDir,
  }: OnResolveArgs): Promise<Answer | undefined> {
    const question = { importer, resolveDir, pluginData: RESOLVING };
    const required = await this.build.resolve(path, { ...question, kind: 'require-call' });
    const isRequirable = required.errors.length === 0;
    const found = isRequirable ? required : await this.build.resolve(path, { ...question, kind });
    if (found.errors.length > 0) return undefined;

    const npmPackage = packageOfFile(found.path);
    if (!npmPackage) return 'esbuild';
    return isRequirable && isCommonJsFile(found.path, npmPackage) ? 'require' : 'import';
  }
}
