import { errorClasses, readErrorClasses } from './error-classes';
import { errorPage, problemsOfErrors } from './error-page';

const GONE = `
/**
 * The thing
 * is gone, see {@link Thing}.
 *
 *     throw new GoneError();
 *
 * Another paragraph, with \`@Decorator\`.
 *
 * To do: add it
 * again.
 *
 * @group Adding jobs
 */
export class GoneError extends QueueError {
  readonly code = 'GONE';
}
`;

const read = (text: string, file = 'libs/thing/src/gone.error.ts') => readErrorClasses(file, text);

describe('the errors of this workspace', () => {
  it('all have a code of their own, and say when they are thrown, what to do, and who meets them', () => {
    const classes = errorClasses();
    expect(classes.length).toBeGreaterThan(40);
    expect(problemsOfErrors(classes)).toEqual([]);
  });
});

describe('the page of errors', () => {
  it('says of each what its doc comment says', () => {
    expect(read(GONE)).toEqual([
      {
        name: 'GoneError',
        file: 'libs/thing/src/gone.error.ts',
        isExported: true,
        isAbstract: false,
        code: 'GONE',
        when: 'The thing is gone, see `Thing`.',
        toDo: 'add it again.',
        group: 'Adding jobs',
      },
    ]);
    expect(errorPage(read(GONE))).toContain(
      '## Adding jobs\n\nThe call that adds a job rejects with it.\n\n### `GONE`\n\n' +
        '[GoneError](../../libs/thing/src/gone.error.ts): The thing is gone, see `Thing`.\n\nTo do: add it again.\n',
    );
  });

  it('leaves out what is no error, and roots', () => {
    expect(read('export class Thing extends Other {}\nexport class PlainError {}')).toEqual([]);
    const root = read('/** The root. */ export abstract class RootError extends Error {}');
    expect(problemsOfErrors(root)).toEqual([]);
    expect(errorPage(root)).not.toContain('RootError');
  });

  it('puts the errors of the plugin under commands, whose messages say what to do', () => {
    const own = read(
      "/** It is there. */ export class ThereError extends PluginError { readonly code = 'QUEUE_PLUGIN_THERE'; }",
      'tools/queue/there.error.ts',
    );
    expect(problemsOfErrors(own)).toEqual([]);
    expect(errorPage(own)).toMatch(/^## Commands and generators$[^]*QUEUE_PLUGIN_THERE/m);
  });
});

describe('the check of errors', () => {
  it.each([
    ['no code', GONE.replace("readonly code = 'GONE';", ''), 'has no code'],
    ['a code in another case', GONE.replace("'GONE'", "'Gone'"), 'Use SCREAMING_SNAKE_CASE'],
    ['the code of another', GONE + GONE.replaceAll('GoneError', 'AwayError'), 'has the code of'],
    ['nothing to do', GONE.replace('To do:', 'Do:'), 'does not say what to do'],
    ['an unknown group', GONE.replace('Adding jobs', 'Whoever'), 'has the group "Whoever"'],
    ['no doc comment', GONE.replace(/\/\*\*.*\*\//s, ''), 'has no doc comment'],
  ])('names a class that has %s', (_, text, problem) => {
    const problems = problemsOfErrors(read(text));
    expect(problems).toContainEqual(expect.stringContaining(problem));
    expect(problems[0]).toMatch(/^libs\/thing\/src\/gone\.error\.ts: \w+Error /);
  });
});
