import type { BundleMap, BundlePart } from '../measure/bundle-map';
import { formatReport } from './format-report';

const PART: BundlePart = {
  kind: 'processor',
  name: 'notification',
  ownCode: 11_200,
  packages: [{ name: 'nodemailer', bytes: 444_000 }],
  packageBytes: 444_000,
  shared: 0,
  loads: 4_170_000,
  external: [],
  groups: [],
};

const MAP: BundleMap = {
  project: 'worker',
  bytes: 6_950_000,
  files: 8,
  groups: [],
  parts: [
    PART,
    { ...PART, name: 'thumbnail', packageBytes: 0, shared: 2_760_000, external: ['sharp'] },
  ],
  external: [
    {
      name: 'sharp',
      version: '1.0.0',
      reason: 'it has sharp.node',
      bytes: 20_300_000,
      packages: [],
    },
  ],
  leftOut: { projects: [], packages: [{ name: 'esbuild', usedBy: ['queue'] }] },
  allowed: [],
  optional: [],
};

it('the table has a row a processor, with its columns aligned and nothing where there is nothing', () => {
  expect(formatReport(MAP, (_style, text) => text)).toBe(
    [
      'The bundle of worker: 6.95 MB in 8 files, 1 package beside it',
      '',
      '              own code  npm packages   shared  loaded alone    beside the bundle',
      'notification   11.2 kB        444 kB        -       4.17 MB    -',
      'thumbnail      11.2 kB             -  2.76 MB       4.17 MB    sharp 20.3 MB',
      '',
      'Beside the bundle, installed from its package.json:',
      '  sharp  it has sharp.node',
      '',
      'Allowed by the project graph, but not in the bundle: 0 projects, 1 package',
    ].join('\n'),
  );
});
