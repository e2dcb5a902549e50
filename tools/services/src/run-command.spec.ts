import { runCommand } from './run-command';

describe('the command line', () => {
  let printed: string[];
  let errors: string[];
  beforeEach(() => {
    printed = [];
    errors = [];
  });

  const run = (...args: string[]): Promise<number> =>
    runCommand(args, {
      workspaceRoot: '/nowhere',
      env: { DATABASE_URL: 'postgres://elsewhere/db', SMTP_URL: 'smtp://elsewhere' },
      print: (line) => printed.push(line),
      printError: (line) => errors.push(line),
    });

  it.each([['--help'], ['-h'], ['help']])('explains itself on %s', async (option) => {
    await expect(run(option)).resolves.toBe(0);
    expect(printed.join('\n')).toContain('npx nx run services:up');
  });

  it('explains itself when called with nothing', async () => {
    await expect(run()).resolves.toBe(0);
    expect(printed.join('\n')).toContain('npx nx run services:up');
  });

  it.each([
    [['start'], 'Unknown command "start".'],
    [['up', 'now'], 'Unexpected argument "now".'],
    [['up', '--purge'], '--purge is an option of "down", not of "up".'],
    [['up', '--fast'], "Unknown option '--fast'"],
  ])('refuses %j with a sentence and exit code 2', async (args, sentence) => {
    await expect(run(...args)).resolves.toBe(2);
    expect(errors.join('\n')).toContain(sentence);
    expect(errors.join('\n')).not.toContain('    at ');
  });

  it('starts nothing when both variables name services elsewhere', async () => {
    await expect(run('up')).resolves.toBe(0);
    expect(printed.join('\n')).toContain('DATABASE_URL is set');
    expect(printed.join('\n')).toContain('SMTP_URL is set');
  });

  it('prints nothing but JSON for a program that asks for the variables', async () => {
    await expect(run('environment')).resolves.toBe(0);
    const variables = printed.map((line) => JSON.parse(line) as unknown);
    expect(variables).toEqual([{ QUEUE_PAGE: 'open' }]);
  });
});
