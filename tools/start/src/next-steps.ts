import { firstMail } from './first-mail';

export interface Addresses {
  api: string;
  mailbox: string | undefined;
  databaseUrl: string | undefined;
}

/** What the user can do once everything runs. */
export function nextSteps({ api, mailbox, databaseUrl }: Addresses, strong = same): string {
  const rows = [
    ['API', api],
    ['Docs', `${api}/docs`],
    ['Mailbox', mailbox],
    ['Postgres', databaseUrl],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  return [
    '',
    strong('Ready.'),
    ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    '',
    strong('Enqueue a job') + ' (copy this into another terminal):',
    `  ${enqueueLine(api)}`,
    '',
    `The "Location" of the answer is the job's status: curl ${api}<Location>`,
    ...(mailbox ? [`Its mail is caught: ${mailbox}`] : []),
    'Change a source file, and the application it belongs to restarts. Stop: Ctrl-C',
    '',
  ].join('\n');
}

export function enqueueLine(api: string): string {
  return `curl -i ${api}/notifications -H 'content-type: application/json' -d '${JSON.stringify(firstMail)}'`;
}

function same(text: string): string {
  return text;
}
