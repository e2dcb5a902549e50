import { count, readOptions } from './command-line';

const flags = {
  runs: { description: 'how often', default: '9' },
  keep: { description: 'leave the files' },
};

describe(readOptions.name, () => {
  it('fills in what is not given', () => {
    expect(readOptions([], 'About.', flags)).toEqual({
      values: expect.objectContaining({ runs: '9', keep: false }) as unknown,
    });
  });

  it('takes what is given', () => {
    expect(readOptions(['--runs=3', '--keep'], 'About.', flags)).toEqual({
      values: expect.objectContaining({ runs: '3', keep: true }) as unknown,
    });
  });

  it('explains each flag and its default', () => {
    const read = readOptions(['--help'], 'About.', flags);
    expect(read).toEqual({
      help: expect.stringMatching(/About\.[^]+--runs=…\s+how often \(9\)/) as unknown,
    });
  });

  it('refuses a flag that it does not know, and lists those that it does', () => {
    expect(() => readOptions(['--rusn=3'], 'About.', flags)).toThrow(/--rusn[^]+--runs=…/);
  });
});

describe(count.name, () => {
  it.each(['0', '-1', '1.5', 'many', ''])('refuses "%s" and names the flag', (text) => {
    expect(() => count('runs', text)).toThrow('--runs');
  });

  it('reads a whole number', () => {
    expect(count('runs', '12')).toBe(12);
  });
});
