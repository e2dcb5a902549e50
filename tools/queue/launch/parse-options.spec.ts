import type { CommandDescription } from '../command/command-plan';
import { parseOptions } from './parse-options';

const enqueue: CommandDescription = {
  name: 'enqueue',
  run: 'runEnqueue',
  description: 'Add a job.',
  required: ['job'],
  options: {
    job: { type: 'string', description: 'The name of the job.' },
    data: { type: 'string', description: 'Its data.' },
    wait: { type: 'boolean', description: 'Whether to wait.' },
    count: { type: 'number', description: 'How many.' },
    dryRun: { type: 'boolean', description: 'Whether to change nothing.' },
  },
};

it.each([
  ['--job=email --wait --count=3', { job: 'email', wait: true, count: 3 }],
  ['--job email --no-wait', { job: 'email', wait: false }],
  ['--job=email --dry-run', { job: 'email', dryRun: true }],
  ['--job=email --dryRun', { job: 'email', dryRun: true }],
  ['--job=email --no-dry-run', { job: 'email', dryRun: false }],
  ['--job=7 --data={"id":"1=2"}', { job: '7', data: '{"id":"1=2"}' }],
])('reads the options of a command as Nx does: %s', (line, options) => {
  expect(parseOptions(enqueue, line.split(' '), 'npx').options).toEqual(options);
});

it.each([
  ['--jbo=email', '"enqueue" has no option --jbo. Did you mean --job?'],
  ['', '"enqueue" needs --job=<string>. See npx queue enqueue --help'],
  ['--job=email --count=many', '--count of "enqueue" must be a number, and is many.'],
  ['--job', '--job of "enqueue" needs a value'],
  ['email', '"enqueue" does not take "email". Options begin with --. See npx queue enqueue --help'],
])('says in a sentence what is wrong with "%s"', (line, sentence) => {
  expect(() => parseOptions(enqueue, line.split(' ').filter(Boolean), 'npx')).toThrow(sentence);
});
