import { type OutputTarget, outputTarget } from './output-target';
import { PrefixedOutput } from './prefixed-output';

describe('the output of several programs', () => {
  const textOf = (target: Partial<OutputTarget>, use: (output: PrefixedOutput) => void): string => {
    let text = '';
    const whole: OutputTarget = {
      write: (part) => {
        text += part;
      },
      colours: false,
      moves: false,
      columns: () => undefined,
      ...target,
    };
    use(new PrefixedOutput(['api', 'worker'], whole));
    return text;
  };

  it('begins each line with whose it is, all of the same width', () => {
    const text = textOf({}, (output) => {
      output.of('api')('one');
      output.of('worker')('two');
    });
    expect(text).toBe('[api]    one\n[worker] two\n');
  });

  it('shows below the lines what is waited for, and leaves nothing of it behind', () => {
    const text = textOf({ moves: true }, (output) => {
      output.wait('Starting');
      output.say('one');
      output.wait(undefined);
    });
    const clear = '\r\u001b[2K';
    expect(text).toBe(`${clear}⠋ Starting (0 s)${clear}one\n${clear}⠋ Starting (0 s)${clear}`);
  });

  it('says once what is waited for where no line can move', () => {
    const text = textOf({}, (output) => {
      output.wait('Starting');
      output.say('one');
      output.wait(undefined);
    });
    expect(text).toBe('Starting …\none\n');
  });

  it('is broken between words on a terminal, below where the line of the program begins', () => {
    const text = textOf({ columns: () => 20 }, (output) => {
      output.of('api')('Ready on http://localhost:3000, or so');
      output.saySentences('One sentence of mine.');
    });
    expect(text).toBe(
      '[api]    Ready on\n         http://localhost:3000,\n         or so\nOne sentence of\nmine.\n',
    );
  });

  it('leaves a line of JSON to the program that reads it', () => {
    const line = '{"level":"log","message":"one two three"}';
    const text = textOf({ columns: () => 20 }, (output) => {
      output.of('api')(line);
    });
    expect(text).toBe(`[api]    ${line}\n`);
  });

  it('never lets the moving line grow wider than the terminal, where it could not be cleared', () => {
    const text = textOf({ moves: true, columns: () => 10 }, (output) => {
      output.wait('Bundling and starting');
      output.wait(undefined);
    });
    expect(text).toContain('⠋ Bundling\r');
  });

  it('does not say a name twice that the program says itself, nor its process, and shortens the time', () => {
    const time = '2026-11-30T08:48:07.123Z';
    const here = new Date(time).toTimeString().slice(0, 8);
    const text = textOf({}, (output) => {
      output.of('api')(`[api] 42 - ${time}     LOG [Api] Ready at ${time}`);
      output.of('api')(`\u001b[32m[api] 42 - \u001b[39m${time} \u001b[33m   WARN\u001b[39m late`);
      output.of('api')('see [api] in the docs');
    });
    expect(here).toMatch(/^\d\d:48:07$/);
    expect(text).toBe(
      `[api]    ${here} LOG [Api] Ready at ${time}\n` +
        `[api]    \u001b[32m\u001b[39m${here} \u001b[33mWARN\u001b[39m late\n` +
        '[api]    see [api] in the docs\n',
    );
  });

  it('has colours only where they can be seen', () => {
    const write = (output: PrefixedOutput): void => {
      output.of('api')(output.strong('one'));
    };
    expect(textOf({ colours: true }, write)).toContain('\u001b[');
    expect(textOf({}, write)).not.toContain('\u001b[');
  });
});

describe('the terminal of npm start', () => {
  const terminal = { isTTY: true, columns: 80, write: () => true };
  const plain = { colours: false, moves: false };

  it('gets colours, a moving line, and lines of its width', () => {
    const target = outputTarget(terminal, { TERM: 'xterm' });
    expect(target).toMatchObject({ colours: true, moves: true });
    expect(target.columns()).toBe(80);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('gets neither with %j', (env) => {
    expect(outputTarget(terminal, env)).toMatchObject(plain);
  });

  it('gets neither where it is a pipe, and no line is broken there', () => {
    const target = outputTarget({ ...terminal, isTTY: false }, { TERM: 'xterm' });
    expect(target).toMatchObject(plain);
    expect(target.columns()).toBeUndefined();
  });
});
