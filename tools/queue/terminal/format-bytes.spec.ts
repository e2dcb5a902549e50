import { formatBytes } from './format-bytes';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.00 kB'],
  [9_044, '9.04 kB'],
  [455_568, '456 kB'],
  [999_600, '1.00 MB'],
  [4_240_000, '4.24 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
