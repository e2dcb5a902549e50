import { addProjectConfiguration, updateJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';

export interface QueueTreeOptions {
  /** Names of the workers. Default: one, called `jobs-runner`. */
  workers?: string[];
  /**
   * How contracts are imported: each by a name of its own, or all from one barrel.
   * @default 'wildcard'
   */
  contracts?: 'wildcard' | 'barrel';
}

/**
 * A workspace in memory with a runtime, a contracts project and workers, none of them named or placed
 * as in the workspace that this plugin is developed in.
 */
export function queueTree({
  workers = ['jobs-runner'],
  contracts = 'wildcard',
}: QueueTreeOptions = {}): Tree {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  // As a person's is: not in one line.
  tree.write('nx.json', '{\n  "defaultBase": "main"\n}\n');
  addProjectConfiguration(tree, 'runtime', {
    root: 'packages/runtime',
    sourceRoot: 'packages/runtime/lib',
    tags: ['queue:runtime'],
  });
  for (const entry of ['index', 'consumer', 'testing']) {
    tree.write(`packages/runtime/lib/${entry}.ts`, 'export {};\n');
  }
  addProjectConfiguration(tree, 'agreements', {
    root: 'packages/agreements',
    sourceRoot: 'packages/agreements/source',
    tags: ['queue:jobs'],
  });
  addProjectConfiguration(tree, 'bootstrap', {
    root: 'packages/bootstrap',
    sourceRoot: 'packages/bootstrap/lib',
    tags: ['queue:worker-app'],
  });
  for (const worker of workers) {
    addProjectConfiguration(tree, worker, {
      root: `services/${worker}`,
      sourceRoot: `services/${worker}/code`,
      tags: ['queue:worker'],
    });
  }
  if (contracts === 'barrel') tree.write('packages/agreements/source/index.ts', '');
  tree.write('tsconfig.base.json', '{}');
  updateJson(tree, 'tsconfig.base.json', () => ({
    compilerOptions: {
      paths: {
        '@acme/bootstrap/*': ['./packages/bootstrap/lib/*.ts'],
        '@acme/runtime': ['./packages/runtime/lib/index.ts'],
        '@acme/runtime/*': ['packages/runtime/lib/*.ts'],
        ...(contracts === 'wildcard'
          ? { '@acme/agreements/*': ['./packages/agreements/source/*.job.ts'] }
          : { '@acme/agreements': ['./packages/agreements/source/index.ts'] }),
      },
    },
  }));
  return tree;
}

/** Writes a contract by hand, as a person would. */
export function writeContract(tree: Tree, job: string, text = contractText(job)): string {
  const file = `packages/agreements/source/${job}.job.ts`;
  tree.write(file, text);
  return file;
}

/** Writes a processor by hand, as a person would. */
export function writeProcessor(
  tree: Tree,
  job: string,
  { worker = 'jobs-runner', folder = job, text = processorText(job) } = {},
): string {
  const file = `services/${worker}/code/processors/${folder}/${folder}.processor.ts`;
  tree.write(file, text);
  return file;
}

export function contractText(job: string): string {
  return `import { defineJob } from '@acme/runtime';

export const ${constantOf(job)} = defineJob({ name: '${job}', data: z.object({}) });
`;
}

export function processorText(job: string): string {
  return `import { ${constantOf(job)} } from '@acme/agreements/${job}';
import { JobHost, JobProcessor } from '@acme/runtime/consumer';

@JobProcessor(${constantOf(job)})
export class SomeProcessor extends JobHost<typeof ${constantOf(job)}> {}
`;
}

function constantOf(job: string): string {
  return `${job.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Job`;
}

/** What the whole tree says, by file. */
export function textsOf(tree: Tree): Record<string, string> {
  return Object.fromEntries(
    tree
      .listChanges()
      .filter(({ type }) => type !== 'DELETE')
      .map(({ path, content }) => [path, content?.toString() ?? '']),
  );
}
