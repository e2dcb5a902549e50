import type { BundleSizes } from '../record/build-record';
import { compareSizes } from './compare-sizes';
import { formatComparison } from './format-comparison';

const BEFORE: BundleSizes = {
  bytes: 5_050_000,
  start: 3_030_000,
  parts: [
    { kind: 'start', name: 'main', bytes: 3_030_000 },
    { kind: 'sandbox', name: 'sandbox', bytes: 3_030_000 },
    { kind: 'processor', name: 'email', bytes: 310_000 },
    { kind: 'processor', name: 'letter', bytes: 9_000 },
  ],
  contents: [
    { kind: 'package', name: 'bullmq', bytes: 1_000_000, start: 1_000_000 },
    { kind: 'package', name: 'nodemailer', bytes: 300_000, start: 0 },
    { kind: 'project', name: 'worker', bytes: 20_000, start: 4_000 },
    { kind: 'bundler', name: 'added by the bundler', bytes: 9_000, start: 1_000 },
  ],
  external: [{ name: 'sharp', version: '0.35.4' }],
};

const NOW: BundleSizes = {
  bytes: 5_260_000,
  start: 3_030_000,
  parts: [
    { kind: 'start', name: 'main', bytes: 3_030_000 },
    { kind: 'sandbox', name: 'sandbox', bytes: 3_030_000 },
    { kind: 'processor', name: 'email', bytes: 298_000 },
    { kind: 'processor', name: 'invoice', bytes: 231_000 },
  ],
  contents: [
    { kind: 'package', name: 'bullmq', bytes: 1_000_000, start: 1_000_000 },
    { kind: 'package', name: 'nodemailer', bytes: 288_000, start: 0 },
    { kind: 'package', name: 'pdf-lib', bytes: 230_000, start: 0 },
    { kind: 'project', name: 'worker', bytes: 12_000, start: 4_000 },
    { kind: 'bundler', name: 'added by the bundler', bytes: 8_900, start: 1_000 },
  ],
  external: [{ name: 'sharp', version: '0.35.5' }],
};

it('the comparison has the total, the start, and of the rest what has changed', () => {
  expect(
    formatComparison('worker', '`main` (1234567)', compareSizes(BEFORE, NOW), ['A note.']),
  ).toBe(
    `**The bundle of worker**: 5.26 MB, +210 kB (+4.2 %) since \`main\` (1234567).

|  | before | now | change |
| :-- | --: | --: | --: |
| all files | 5.05 MB | 5.26 MB | +210 kB (+4.2 %) |
| read at the start | 3.03 MB | 3.03 MB | 0 B |
| processor \`invoice\` adds |  | 231 kB | new |
| processor \`email\` adds | 310 kB | 298 kB | -12.0 kB (-3.9 %) |
| processor \`letter\` adds | 9.00 kB |  | removed |

| package or project | before | now | change |
| :-- | --: | --: | --: |
| \`pdf-lib\` |  | 230 kB | new |
| \`nodemailer\` | 300 kB | 288 kB | -12.0 kB (-4.0 %) |
| \`worker\` | 20.0 kB | 12.0 kB | -8.00 kB (-40.0 %) |

Beside the bundle: added \`sharp 0.35.5\`, removed \`sharp 0.35.4\`.

A note.`,
  );
});

it('the comparison of a bundle with itself is a sentence', () => {
  expect(formatComparison('worker', '`main`', compareSizes(NOW, NOW), [])).toBe(
    '**The bundle of worker** has not changed since `main`: 5.26 MB.',
  );
});

it('the comparison names the 25 largest changes, and how many more there are', () => {
  const contents = Array.from({ length: 40 }, (_, index) => ({
    kind: 'package' as const,
    name: `package-${index}`,
    bytes: 1_000 + index,
    start: 0,
  }));
  const text = formatComparison(
    'worker',
    '`main`',
    compareSizes(BEFORE, { ...BEFORE, contents }),
    [],
  );
  // The three contents of before are gone.
  expect(text.match(/^\| `/gm)).toHaveLength(25);
  expect(text).toContain('And 18 more that changed less.');
});
