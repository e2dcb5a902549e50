import { firstMail } from './first-mail';

export interface Addresses {
  api: string;
  mailbox: string | undefined;
  /** The URL of the store that holds the queues. */
  queues: string | undefined;
  /** Variables that say so and are set in this terminal only. */
  ofTerminal: readonly string[];
  /** What became of the first job, as a sentence. */
  firstJob: string;
}

/** What the user can do once everything runs. */
export function nextSteps(
  { api, mailbox, queues, ofTerminal, firstJob }: Addresses,
  strong = same,
): string {
  const rows = [
    ['API', `${api} (${api}/docs)`],
    ['Queues', queues === undefined ? undefined : `${api}/queues, in ${storeName(queues)}`],
    ['Mailbox', mailbox],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  return [
    '',
    strong('Ready.'),
    ...rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`),
    '',
    firstJob,
    '',
    strong('Send another one') + ' in a second terminal, and follow it to its end:',
    `  ${enqueueLine()}`,
    ...(ofTerminal.length === 0 ? [] : ['', oneTerminal(ofTerminal)]),
    '',
    'A changed source restarts its application. Stop: Ctrl-C',
    '',
  ].join('\n');
}

export function enqueueLine(): string {
  return `npx queue enqueue --job=notification --wait --data='${JSON.stringify(firstMail)}'`;
}

/** `PostgreSQL 127.0.0.1:54329/app`: without user and password. */
function storeName(url: string): string {
  if (!URL.canParse(url)) return 'a store whose URL cannot be read';
  const { protocol, host, pathname } = new URL(url);
  const kind = protocol.startsWith('postgres') ? 'PostgreSQL' : 'Redis';
  return `${kind} ${host}${pathname === '/' ? '' : pathname}`;
}

function oneTerminal(variables: readonly string[]): string {
  const areSet = variables.length === 1 ? 'is' : 'are';
  return (
    `${variables.join(' and ')} ${areSet} set in this terminal only: set the same in the other one, or once for all ` +
    'in the file .env.'
  );
}

function same(text: string): string {
  return text;
}
