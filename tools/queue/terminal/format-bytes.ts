const UNITS = ['B', 'kB', 'MB', 'GB'];

/** Three digits at least, in steps of 1000: `0 B`, `9.04 kB`, `456 kB`, `4.24 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded to 1000 is one of the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toPrecision(3)} ${UNITS[unit] ?? ''}`;
}
