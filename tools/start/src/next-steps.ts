import { wrapWords } from '@tools/queue/serve';
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

/** The width of the names of addresses. */
const NAME = 8;

/** How a text is shown. */
export interface Appearance {
  /** For a heading. */
  readonly strong: (text: string) => string;
  /** The width of the terminal; undefined: there is none, and no line is broken. */
  readonly columns: number | undefined;
}

/** What the user can do once everything runs. */
export function nextSteps(
  { api, mailbox, queues, ofTerminal, firstJob }: Addresses,
  { strong, columns }: Appearance,
): string {
  const rows = [
    ['API', `${api} (${api}/docs)`],
    ['Queues', queues === undefined ? undefined : `${api}/queues, in ${storeName(queues)}`],
    ['Mailbox', mailbox],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  return [
    '',
    strong('Ready.'),
    ...rows.map(([name, value]) =>
      wrapWords(`  ${name.padEnd(NAME)} ${value}`, columns, ' '.repeat(NAME + 3)),
    ),
    '',
    wrapWords(firstJob, columns),
    '',
    strong('Send another one') + ' in a second terminal, and follow it to its end:',
    `  ${enqueueCommand(columns)}`,
    ...(ofTerminal.length === 0 ? [] : ['', wrapWords(oneTerminal(ofTerminal), columns)]),
    '',
    'A changed source restarts its application. Stop: Ctrl-C',
    '',
  ].join('\n');
}

/** One line, or two where it is wider than the terminal: a shell takes both. */
function enqueueCommand(columns = Infinity): string {
  const command = 'npx queue enqueue --job=notification --wait';
  const data = `--data='${JSON.stringify(firstMail)}'`;
  const line = `${command} ${data}`;
  return line.length + 2 <= columns ? line : `${command} \\\n    ${data}`;
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
