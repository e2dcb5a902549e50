import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { PseudoTerminal } from '@libs/testing';
import { COLUMNS, stable } from './screens';

/** What `npx queue` runs, without the half second that npx takes. */
const QUEUE = 'node_modules/.bin/queue';

/** A job that fails, and is not tried again. */
export const FAILING_COMMAND = `${QUEUE} enqueue --job=thumbnail --wait --data='{"imageId":"0b8f7c9e-2d6f-4f0e-9a53-7d3a5e1c9b10"}'`;

export const FAILING_SCREEN = `Queues: PostgreSQL <DATABASE>
Added job 1 to the queue "thumbnail".
The job failed at attempt 1: There is no image <IMAGE>
`;

interface Step {
  readonly command: string;
  readonly code: number;
  readonly screen: string;
}

/** What a newcomer asks next. */
export const STEPS: readonly Step[] = [
  {
    command: `${QUEUE} enqueue --job=thumbnial`,
    code: 1,
    screen: `There is no job "thumbnial". Did you mean "thumbnail"? This workspace has: <THESE>
`,
  },
  {
    command: `${QUEUE} dead`,
    code: 0,
    screen: `Queues: PostgreSQL <DATABASE>
job  id  attempts  failed at  error
thumbnail  1  1 of 3  <TIME>  There is no image <IMAGE>

1 dead job, 1 shown.
  show one  npx queue dead --job=thumbnail --id=1
  redrive it  npx queue dead --job=thumbnail --id=1 --redrive
  redrive all  npx queue dead --job=thumbnail --redrive --all
`,
  },
  {
    command: `${QUEUE} queues`,
    code: 0,
    screen: `Queues: PostgreSQL <DATABASE>
job  waiting  due  delayed  running  failed  oldest  last minute
notification  0  0  0  0  0  -  <N>
report  0  0  0  0  0  -  <N>
report-day  0  0  0  0  0  -  <N>
thumbnail  0  0  0  0  1  -  <N>
`,
  },
  {
    command: `${QUEUE} schedules`,
    code: 0,
    screen: `Queues: PostgreSQL <DATABASE>
No schedules.
`,
  },
];

interface Answer {
  readonly code: number | null;
  readonly output: string;
  /** What can be read of it. */
  readonly screen: string;
}

/** How a command is run. */
export interface Way {
  readonly name: string;
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
  run(command: string, cwd: string, env: Record<string, string | undefined>): Promise<Answer>;
}

export const WAYS: readonly Way[] = [
  { name: 'on a terminal', isTerminal: true, hasColours: true, run: onTerminal },
  {
    name: 'on a terminal with NO_COLOR',
    isTerminal: true,
    hasColours: false,
    run: (command, cwd, env) => onTerminal(command, cwd, { ...env, NO_COLOR: '1' }),
  },
  { name: 'in a pipe', isTerminal: false, hasColours: false, run: inPipe },
];

async function onTerminal(
  command: string,
  cwd: string,
  env: Record<string, string | undefined>,
): Promise<Answer> {
  const terminal = new PseudoTerminal(command, { cwd, env, columns: COLUMNS });
  const code = await terminal.ended;
  return { code, output: terminal.output, screen: terminal.screen };
}

async function inPipe(
  command: string,
  cwd: string,
  env: Record<string, string | undefined>,
): Promise<Answer> {
  const child = spawn('sh', ['-c', `${command} 2>&1`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output = await text(child.stdout);
  return { code: await ended, output, screen: output };
}

/** Jobs of this workspace as it comes. */
const JOBS = ['job', 'notification', 'report', 'report-day', 'thumbnail'];

/** As `stable`, without the jobs of a workspace that has grown, and the width of columns. */
export function stableAnswer(screen: string, env: Record<string, string>): string {
  return (
    stable(screen, env)
      .split('\n')
      .filter((line) => !/^\S+ +\d+ +\d/.test(line) || JOBS.includes(line.split(' ')[0] ?? ''))
      .join('\n')
      .replaceAll(/(?<=\S) {2,}/g, '  ')
      .replaceAll(/^(\S+(?: {2}\d+){5} {2}\S+) .*$/gm, '$1  <N>')
      // A row of a table shows as much of it as the terminal is wide; a sentence goes on in the next line.
      .replaceAll(/\s0b8f7c9e-\S*/g, ' <IMAGE>')
      .replaceAll(/This workspace has:[^.]*\./g, 'This workspace has: <THESE>')
      .replaceAll(/\d{4}-\d\d-\d\dT\S+Z/g, '<TIME>')
  );
}
