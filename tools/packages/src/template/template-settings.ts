import { PLUGIN } from '../packages';

/** A target's input in nx.json. */
type Input = string | Readonly<Record<string, unknown>>;

interface NxJson {
  analytics?: unknown;
  neverConnectToCloud?: unknown;
  release?: unknown;
  readonly namedInputs: Readonly<Record<string, readonly Input[]>>;
  readonly targetDefaults: Readonly<Record<string, { readonly inputs?: readonly Input[] }>>;
}

/** `nx.json` of a new workspace: without the inputs that only this one has. */
export function templateNxJson(text: string, paths: ReadonlySet<string>): string {
  const { ...nxJson }: NxJson = JSON.parse(text) as NxJson;
  // Each person's own choice.
  delete nxJson.analytics;
  delete nxJson.neverConnectToCloud;
  // The packages are released from here.
  delete nxJson.release;
  const isThere = (input: Input) => {
    if (typeof input === 'string') {
      const [, place] = /^!?\{workspaceRoot\}\/(.+)$/.exec(input) ?? [];
      return place === undefined || place === 'package-lock.json' || hasPath(paths, place);
    }
    // The plugin, which is a project here, and Redis for tests.
    return !('projects' in input) && !/redis/i.test(JSON.stringify(input));
  };
  // The compilers come with the plugin there.
  const published = (input: Input) =>
    typeof input === 'object' && JSON.stringify(input).includes('"esbuild"')
      ? { externalDependencies: [PLUGIN.name] }
      : input;
  return json({
    ...nxJson,
    namedInputs: mapValues(nxJson.namedInputs, (inputs) => inputs.filter(isThere)),
    targetDefaults: mapValues(nxJson.targetDefaults, (target) =>
      target.inputs === undefined
        ? target
        : { ...target, inputs: target.inputs.filter(isThere).map(published) },
    ),
  });
}

interface TsConfig {
  readonly compilerOptions: {
    readonly typeRoots: readonly string[];
    readonly paths: Readonly<Record<string, readonly [string]>>;
  };
}

/** `tsconfig.base.json` of a new workspace: with the import paths of what is there. */
export function templateTsConfig(text: string, paths: ReadonlySet<string>): string {
  const tsconfig = JSON.parse(text) as TsConfig;
  const { compilerOptions } = tsconfig;
  return json({
    ...tsconfig,
    compilerOptions: {
      ...compilerOptions,
      typeRoots: compilerOptions.typeRoots.map((root) =>
        root.replace('./tools/queue/', `./node_modules/${PLUGIN.name}/`),
      ),
      paths: Object.fromEntries(
        Object.entries(compilerOptions.paths).filter(([, [target]]) =>
          hasPath(paths, target.replace('./', '')),
        ),
      ),
    },
  });
}

/** @param place a path, with `*` for a part of one */
function hasPath(paths: ReadonlySet<string>, place: string): boolean {
  if (!place.includes('*')) return paths.has(place);
  const [start = ''] = place.split('*');
  return [...paths].some((path) => path.startsWith(start));
}

function mapValues<T, R>(object: Readonly<Record<string, T>>, change: (value: T) => R) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

export const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
