import { PrefixedOutput } from './prefixed-output';

describe('the output of several programs', () => {
  const linesOf = (colours: boolean, use: (output: PrefixedOutput) => void): string => {
    let text = '';
    use(
      new PrefixedOutput(
        ['api', 'worker'],
        (part) => {
          text += part;
        },
        colours,
      ),
    );
    return text;
  };

  it('begins each line with whose it is, all of the same width', () => {
    const text = linesOf(false, (output) => {
      output.of('api')('one');
      output.of('worker')('two');
    });
    expect(text).toBe('[api]    one\n[worker] two\n');
  });

  it('shows below the lines what is waited for, on a terminal only, and leaves nothing of it behind', () => {
    const use = (output: PrefixedOutput): void => {
      output.wait('Starting');
      output.say('one');
      output.wait(undefined);
    };
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    use(new PrefixedOutput(['api'], write, false, true));
    const clear = '\r\u001b[2K';
    expect(text).toBe(`${clear}⠋ Starting (0 s)${clear}one\n${clear}⠋ Starting (0 s)${clear}`);
    expect(linesOf(false, use)).toBe('one\n');
  });

  it('does not say a name twice that the program says itself, nor its process', () => {
    const text = linesOf(false, (output) => {
      output.of('api')('[api] 42 - LOG ready');
      output.of('api')('\u001b[32m[api] 42 - \u001b[39mLOG ready');
      output.of('api')('see [api] in the docs');
    });
    expect(text).toBe(
      '[api]    LOG ready\n[api]    \u001b[32m\u001b[39mLOG ready\n[api]    see [api] in the docs\n',
    );
  });

  it('has colours only where they can be seen', () => {
    const write = (output: PrefixedOutput): void => {
      output.of('api')(output.strong('one'));
    };
    expect(linesOf(true, write)).toContain('\u001b[');
    expect(linesOf(false, write)).not.toContain('\u001b[');
  });
});
