import { posix } from 'node:path';
import { PLUGIN_NAME } from './plugin-name';
import type { Processor } from './processors';
import { listProcessors } from './processors';
import type { Project, QueueWorkspace } from './queue-workspace';

/** The registry of a worker: which file holds the processor of which job. */
export function registryPath(worker: Project): string {
  return `${worker.sourceRoot}/processors.generated.ts`;
}

/**
 * The text that the registry of a worker should have. A processor whose job cannot be determined is left
 * out (`checkRegistry` reports it); of two processors of one job the first by path is taken.
 */
export function renderRegistry(
  workspace: QueueWorkspace,
  worker: Project,
  processors: readonly Processor[] = listProcessors(workspace, worker),
): string {
  const entries = new Map<string, string>();
  for (const { contract, file } of processors) {
    if (contract?.name === undefined || entries.has(contract.name)) continue;
    entries.set(contract.name, importOf(worker, file));
  }
  const lines = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, specifier]) => `  ${quote(name)}: () => import(${quote(specifier)}),\n`);

  return (
    `// DO NOT EDIT: kept by \`nx sync\` (${PLUGIN_NAME}). One entry a processor, loaded only when selected.\n` +
    '// prettier-ignore\n' +
    `import type { ProcessorRegistry } from ${quote(workspace.runtime.consumer)};\n` +
    '\n' +
    '// prettier-ignore\n' +
    `export const processors = {\n${lines.join('')}} satisfies ProcessorRegistry;\n`
  );
}

/** What a change of the registry means to a person: `+ email (apps/worker/…)`, one a line. */
export function describeChange(current: string, next: string): string[] {
  const before = entriesOf(current);
  const after = entriesOf(next);
  return [
    ...after.filter((entry) => !before.includes(entry)).map((entry) => `adds     ${entry}`),
    ...before.filter((entry) => !after.includes(entry)).map((entry) => `removes  ${entry}`),
  ];
}

function entriesOf(registry: string): string[] {
  return [...registry.matchAll(/^ +(.+): \(\) => import\((.+)\),$/gm)].map(
    ([, name = '', specifier = '']) => `${name.slice(1, -1)} (${specifier.slice(1, -1)})`,
  );
}

function importOf(worker: Project, file: string): string {
  return `./${posix.relative(worker.sourceRoot, file).replace(/\.tsx?$/, '')}`;
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
