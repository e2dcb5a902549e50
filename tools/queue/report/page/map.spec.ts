import type { BundleMap } from '../../measure/bundle-map';
import { layOut } from './client/map-layout';
import { searchMap } from './client/map-search';
import { mapTree, pathTo } from './client/map-tree';
import { neighbour } from './client/neighbour';

const MAP: BundleMap = {
  project: 'worker',
  bytes: 1_000,
  files: 2,
  groups: [
    {
      id: 'start:main',
      kind: 'start',
      label: 'Every process',
      parts: ['main'],
      bytes: 700,
      contents: [
        {
          kind: 'package',
          name: 'bullmq',
          bytes: 600,
          files: [
            { path: 'queue.js', bytes: 400 },
            { path: 'job.js', bytes: 200 },
          ],
        },
        { kind: 'project', name: 'queue', bytes: 100, files: [{ path: 'src/a.ts', bytes: 100 }] },
      ],
    },
    {
      id: 'processor:mail',
      kind: 'processor',
      label: 'mail',
      parts: ['mail'],
      bytes: 300,
      contents: [
        { kind: 'package', name: 'nodemailer', bytes: 300, files: [{ path: 'x.js', bytes: 300 }] },
      ],
    },
  ],
  parts: [],
  external: [
    {
      name: 'sharp',
      version: '1.0.0',
      reason: 'native',
      bytes: 500,
      packages: [{ name: 'sharp', bytes: 500 }],
    },
  ],
  leftOut: { projects: [], packages: [] },
  allowed: [],
  optional: [],
};

describe('the tree of the map', () => {
  it('weighs what the bundle does, and the packages beside it only if they are shown', () => {
    expect(mapTree(MAP, false).bytes).toBe(1_000);
    expect(mapTree(MAP, true).bytes).toBe(1_500);
  });

  it('knows the way to each node', () => {
    const path = pathTo(mapTree(MAP, false), 'start:main/bullmq/job.js');

    expect(path.map(({ label }) => label)).toEqual(['worker', 'Every process', 'bullmq', 'job.js']);
  });
});

describe('the tiles of the map', () => {
  const tree = mapTree(MAP, false);

  it('are two levels of it, inside the map, and none over another of its level', () => {
    const tiles = layOut(tree, 800, 500);

    expect(tiles.map(({ node }) => node.label).sort()).toEqual(
      ['Every process', 'bullmq', 'mail', 'nodemailer', 'queue'].sort(),
    );
    for (const { x, y, width, height } of tiles) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(800);
      expect(y + height).toBeLessThanOrEqual(500);
    }
    const boxes = tiles.filter(({ depth }) => depth === 1);
    const [first, second] = boxes;
    expect(first && second && first.x + first.width <= second.x).toBe(true);
  });

  it('have areas in proportion to bytes', () => {
    const area = (label: string): number => {
      const tile = layOut(tree, 1_000, 1_000).find(({ node }) => node.label === label);
      return (tile?.width ?? 0) * (tile?.height ?? 0);
    };

    expect(area('Every process') / area('mail')).toBeCloseTo(7 / 3, 1);
  });

  it('are reached with the arrow keys', () => {
    const tiles = layOut(tree, 800, 500);
    const from = (label: string, key: string) => {
      const start = tiles.find(({ node }) => node.label === label);
      return start && neighbour(start, tiles, key)?.node.label;
    };

    expect(from('bullmq', 'ArrowRight')).toBe('queue');
    expect(from('queue', 'ArrowRight')).toBe('nodemailer');
    expect(from('queue', 'ArrowLeft')).toBe('bullmq');
    expect(from('bullmq', 'ArrowLeft')).toBeUndefined();
    expect(from('bullmq', 'a')).toBeUndefined();
  });
});

describe('the search', () => {
  it('finds packages and files by a part of their name, and lights what is around them', () => {
    const { found, lit, bytes } = searchMap(mapTree(MAP, false), ' JOB ');

    expect(found.map(({ label }) => label)).toEqual(['job.js']);
    expect(bytes).toBe(200);
    expect(lit).toEqual(
      new Set(['', 'start:main', 'start:main/bullmq', 'start:main/bullmq/job.js']),
    );
  });

  it('counts what is inside something that it found only once', () => {
    expect(searchMap(mapTree(MAP, false), 'queue').bytes).toBe(500);
  });
});
