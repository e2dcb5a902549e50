import type { Metafile } from 'esbuild';
import type { BundleGraph } from '../guard/bundle-graph';
import { readBundle } from '../guard/read-bundle';
import type { BundleRoot } from '../record/bundle-roots';
import { findChains } from './find-chains';

const ROOTS: BundleRoot[] = [
  { kind: 'start', name: 'main', file: 'main.ts' },
  { kind: 'processor', name: 'mail', file: 'mail.processor.ts' },
  { kind: 'processor', name: 'image', file: 'image.processor.ts' },
];

/** Each file, and the files that it imports; an `*` stands for an `import()`. */
function bundleOf(files: Record<string, string[]>): BundleGraph {
  const inputs: Metafile['inputs'] = {};
  const bytes: Metafile['outputs'][string]['inputs'] = {};
  for (const [path, imported] of Object.entries(files)) {
    bytes[path] = { bytesInOutput: 10 };
    inputs[path] = {
      bytes: 10,
      imports: imported.map((target) => ({
        path: target.replace('*', ''),
        original: `./${target.replace('*', '')}`,
        kind: target.startsWith('*') ? 'dynamic-import' : 'import-statement',
      })),
    };
  }
  const outputs = { 'main.js': { bytes: 0, inputs: bytes, imports: [], exports: [] } };
  return readBundle({ inputs, outputs }, ['main.ts'], []);
}

const bundle = bundleOf({
  'main.ts': ['registry.ts', 'log.ts'],
  'registry.ts': ['*mail.processor.ts', '*image.processor.ts'],
  'mail.processor.ts': ['long.ts', 'log.ts'],
  'long.ts': ['short.ts'],
  'image.processor.ts': ['short.ts', 'long.ts'],
  'short.ts': ['node_modules/lib/index.js'],
  'log.ts': [],
  'node_modules/lib/index.js': [],
});

function chains(target: string, options = { all: false, limit: 20 }) {
  const sources = {
    bundle,
    importIn: (path: string, specifier: string) => {
      const imports = bundle.nodes.get(path)?.imports ?? [];
      const index = imports.findIndex((found) => found.specifier === specifier);
      return index < 0 ? undefined : { line: index + 1, isHidden: false };
    },
  };
  return findChains(sources, ROOTS, ({ path }) => path === target, options).map(
    ({ root, chains: found, more }) => ({
      from: root.name,
      chains: found.map((chain) =>
        chain.map(
          ({ path, line, isLazy }) => `${isLazy ? '*' : ''}${path}${line ? `:${line}` : ''}`,
        ),
      ),
      more,
    }),
  );
}

describe('the chains to something in the bundle', () => {
  it('are the shortest one from each processor that reaches it, with the lines of the imports', () => {
    expect(chains('node_modules/lib/index.js')).toEqual([
      {
        from: 'mail',
        chains: [['mail.processor.ts:1', 'long.ts:1', 'short.ts:1', 'node_modules/lib/index.js']],
        more: 0,
      },
      {
        from: 'image',
        chains: [['image.processor.ts:1', 'short.ts:1', 'node_modules/lib/index.js']],
        more: 0,
      },
    ]);
  });

  it('start at the start of the application too, if that needs it without any processor', () => {
    expect(chains('log.ts').map(({ from }) => from)).toEqual(['main', 'mail']);
  });

  it('mark where it is loaded only when needed', () => {
    expect(chains('mail.processor.ts')).toEqual([
      { from: 'main', chains: [['main.ts:1', 'registry.ts:1', '*mail.processor.ts']], more: 0 },
      { from: 'mail', chains: [['mail.processor.ts']], more: 0 },
    ]);
  });

  it('are one for each file that imports it, if all are asked for', () => {
    const image = chains('short.ts', { all: true, limit: 20 }).find(({ from }) => from === 'image');

    expect(image?.chains).toEqual([
      ['image.processor.ts:1', 'short.ts'],
      ['image.processor.ts:2', 'long.ts:1', 'short.ts'],
    ]);
  });

  it('are as many as asked for, and say how many more there are', () => {
    const image = chains('short.ts', { all: true, limit: 1 }).find(({ from }) => from === 'image');

    expect(image).toMatchObject({ chains: [['image.processor.ts:1', 'short.ts']], more: 1 });
  });
});
