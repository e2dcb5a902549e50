import { nextSteps } from './next-steps';

const api = 'http://localhost:3000';

/** What a newcomer has: the development services. */
const addresses = {
  api,
  mailbox: 'http://localhost:8025',
  queues: 'postgres://app:secret@127.0.0.1:54329/app',
  ofTerminal: [],
  firstJob:
    'A first job succeeded: a mail to ada@example.com, accepted by the api and sent by the worker within 104 ms.',
};

const strong = (text: string): string => text;

test('what a newcomer can do next fits a terminal of 80 columns, with a command that can be copied', () => {
  expect(nextSteps(addresses, { strong, columns: 80 })).toBe(`
Ready.
  API      http://localhost:3000 (http://localhost:3000/docs)
  Queues   http://localhost:3000/queues, in PostgreSQL 127.0.0.1:54329/app
  Mailbox  http://localhost:8025

A first job succeeded: a mail to ada@example.com, accepted by the api and sent
by the worker within 104 ms.

Send another one in a second terminal, and follow it to its end:
  npx queue enqueue --job=notification --wait \\
    --data='{"to":"ada@example.com","subject":"Hello","text":"From a worker"}'

A changed source restarts its application. Stop: Ctrl-C
`);
});
