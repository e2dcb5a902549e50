import { wrapWords } from './wrap-words';

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

  it('is as wide as what can be seen of it, without the codes of its colours', () => {
    const green = '\u001b[32mone\u001b[39m two';
    expect(wrapWords(green, 7)).toBe(green);
    expect(wrapWords(green, 6)).toBe('\u001b[32mone\u001b[39m\ntwo');
  });
});
