import type { BundleNode } from '../guard/bundle-graph';
import { packBundle, unpackBundle } from './packed-bundle';

it('a bundle is unpacked as it was packed', () => {
  const nodes: BundleNode[] = [
    {
      path: 'src/main.ts',
      package: undefined,
      kind: 'file',
      bytes: 10,
      imports: [
        { target: 'sharp', specifier: 'sharp', isLazy: true, pathLine: undefined },
        { target: 'src/work.ts', specifier: './work', isLazy: false, pathLine: 7 },
        {
          target: 'left-out:pg-native',
          specifier: 'pg-native',
          isLazy: false,
          pathLine: undefined,
        },
      ],
    },
    { path: 'src/work.ts', package: undefined, kind: 'file', bytes: 0, imports: [] },
    {
      path: 'node_modules/@img/colour/index.js',
      package: '@img/colour',
      kind: 'file',
      bytes: 3,
      imports: [{ target: 'sharp', specifier: 'sharp', isLazy: false, pathLine: undefined }],
    },
    { path: 'sharp', package: 'sharp', kind: 'external', bytes: 0, imports: [] },
    { path: 'left-out:pg-native', package: 'pg-native', kind: 'left-out', bytes: 0, imports: [] },
  ];
  const packed = packBundle(new Map(nodes.map((node) => [node.path, node])));
  const unpacked = unpackBundle(JSON.parse(JSON.stringify(packed)) as typeof packed);
  expect([...unpacked]).toEqual(nodes.map((node) => [node.path, node]));
});
