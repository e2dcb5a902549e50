import { wrapSentences, wrapWords } from './wrap-words.cjs';

describe('a line on a terminal', () => {
  it('is broken between words, and indented where it goes on', () => {
    expect(wrapWords('  one two three four', 11, '    ')).toBe('  one two\n    three\n    four');
  });

  it('that fits stays as it is, and so does any line where there is no terminal', () => {
    expect(wrapWords('one  two', 8)).toBe('one  two');
    expect(wrapWords('one two three', undefined)).toBe('one two three');
  });

  it('keeps an address whole that is longer than the terminal is wide', () => {
    expect(wrapWords('see http://localhost:3000/docs now', 10)).toBe(
      'see\nhttp://localhost:3000/docs\nnow',
    );
  });

  it('keeps a command at its end whole, which can be copied then', () => {
    expect(wrapWords('Is a worker running? npx nx serve worker', 26)).toBe(
      'Is a worker running?\nnpx nx serve worker',
    );
    expect(wrapWords('It needs --job. See npx queue enqueue --help', 30)).toBe(
      'It needs --job. See\nnpx queue enqueue --help',
    );
    expect(wrapWords('Run: npx nx sync, then go on with the rest', 20)).toBe(
      'Run: npx nx sync,\nthen go on with the\nrest',
    );
  });

  it('is as wide as what can be seen of it, without the codes of its colours', () => {
    const green = '\u001b[32mone\u001b[39m two';
    expect(wrapWords(green, 7)).toBe(green);
    expect(wrapWords(green, 6)).toBe('\u001b[32mone\u001b[39m\ntwo');
    const indented = '\u001b[2m  \u001b[22mapps/worker/src/main.ts';
    expect(wrapSentences(indented, 20)).toBe(indented);
  });
});

describe('a text on a terminal', () => {
  it('has its sentences broken, each as it is indented', () => {
    expect(wrapSentences('one two three\n\n  one two three\n', 9)).toBe(
      'one two\nthree\n\n  one two\n  three\n',
    );
  });

  it('has its sentences broken that begin with a quotation mark or a command', () => {
    expect(wrapSentences('"enqueue" has no option --daat.', 20)).toBe(
      '"enqueue" has no\noption --daat.',
    );
    expect(wrapSentences('npx queue [options]: one two', 21)).toBe('npx queue [options]:\none two');
  });

  it.each([
    ['a row of a table', 'email  12  1 of 3  connection refused'],
    ['an aligned name', '  show one    npx queue dead --id=1'],
    ['JSON', '  "reason": "one two three four"'],
    ['JSON in a line', '{"queue":"email","id":"one two three"}'],
    ['a frame of a stack', '    at Object.<anonymous> (/a/b.ts:1:1)'],
    ['a source', '   12 │ const one = two three four five;'],
    ['a command', '  npx queue why --project=worker --package=sharp'],
    ['a link of a chain', '  └ libs/jobs/src/one.ts:3   (by its path)'],
  ])('keeps %s as it is', (_, line) => {
    expect(wrapSentences(line, 20)).toBe(line);
  });
});
