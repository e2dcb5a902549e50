import { formatParts, readParts } from './record-file';

describe('a record in parts', () => {
  const record = { names: ['a\nb', 'c,', 'größe 😀'], numbers: { one: 1 }, none: null };

  it('is JSON, and is read as it was written', () => {
    const text = formatParts(record);
    expect(text).toMatch(/^[\n -~]*$/);
    expect(JSON.parse(text)).toEqual([Object.keys(record), ...Object.values(record)]);
    expect({ ...readParts(text) }).toEqual(record);
  });

  it('is parsed by part, once', () => {
    const [before = '', after = ''] = formatParts(record).split('{"one":1}');
    const parts = readParts(`${before}{"one":${after}`);
    expect(parts?.['names']).toEqual(record.names);
    expect(parts?.['names']).toBe(parts?.['names']);
    expect(() => parts?.['numbers']).toThrow(SyntaxError);
  });

  it('is not what an older version wrote', () => {
    expect(readParts(`${JSON.stringify(record)}\n`)).toBeUndefined();
  });
});
