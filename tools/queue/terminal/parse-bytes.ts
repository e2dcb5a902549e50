const FACTORS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** Reads what `formatBytes` writes, as a person may write it: `6 MB`, `6mb`, `450.5 kB`. Undefined for any other text. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?b)\s*$/i.exec(text) ?? [];
  const factor = FACTORS[unit.toLowerCase()];
  return number === undefined || factor === undefined
    ? undefined
    : Math.round(Number(number) * factor);
}
