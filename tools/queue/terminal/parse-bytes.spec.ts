import { parseBytes } from './parse-bytes';

it.each([
  ['6 MB', 6_000_000],
  ['6mb', 6_000_000],
  ['450.5 kB', 450_500],
  ['900 B', 900],
  ['0.1 GB', 100_000_000],
  ['6', undefined],
  ['6 MiB', undefined],
  ['-1 MB', undefined],
  ['six MB', undefined],
  ['1,5 MB', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
