import { choiceFlag, countFlag, readCommandLine, switchFlag, textFlag } from './command-line';

const command = {
  target: 'bench:sample',
  about: 'About.',
  flags: {
    runs: countFlag('counted runs', 9),
    quiet: countFlag('minutes to wait', 0, 0),
    store: choiceFlag('the store', ['postgres', 'redis']),
    output: textFlag('the file', 'dist/result.json'),
    keep: switchFlag('keep the files'),
  },
};
const read = (...args: string[]) => readCommandLine(args, command);

describe(readCommandLine.name, () => {
  it('takes the defaults of flags that are omitted', () => {
    expect(read()).toEqual({
      values: { runs: 9, quiet: 0, store: 'postgres', output: 'dist/result.json', keep: false },
      names: [],
    });
  });

  it('takes what is given, each value in its type', () => {
    expect(read('--runs=3', '--quiet=2', '--store=redis', '--output=x', '--keep')).toEqual({
      values: { runs: 3, quiet: 2, store: 'redis', output: 'x', keep: true },
      names: [],
    });
  });

  it('explains how to call the command, each flag and its default', () => {
    expect(read('--help')).toEqual({
      help: expect.stringMatching(
        /About\.[^]+npx nx run bench:sample[^]+--runs=…\s+counted runs \(default: 9\)[^]+postgres or redis/,
      ) as unknown,
    });
  });

  it('refuses an unknown flag, and lists the known ones', () => {
    expect(() => read('--rusn=3')).toThrow(/--rusn[^]+--runs=…/);
  });

  it.each(['0', '-1', '1.5', 'many', ''])('refuses "%s" as a count, and names the flag', (text) => {
    expect(() => read(`--runs=${text}`)).toThrow('--runs');
  });

  it('refuses a value that is not one of the choices, and lists those', () => {
    expect(() => read('--store=mysql')).toThrow('--store is "mysql"; expected postgres or redis.');
  });

  it('takes names where a command has some, and refuses one that it does not know, with those it does', () => {
    const named = { ...command, names: { of: 'fruit', known: ['pear', 'apple'] } };
    expect(readCommandLine(['--runs=3', 'pear'], named)).toMatchObject({ names: ['pear'] });
    expect(readCommandLine(['--help'], named)).toEqual({
      help: expect.stringContaining('[flags] [fruit…]') as unknown,
    });
    expect(() => readCommandLine(['paer'], named)).toThrow(
      'Unknown fruit: paer. Known: apple, pear.',
    );
    expect(() => read('pear')).toThrow(/pear/);
  });
});
