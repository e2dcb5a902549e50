/** The screen of a terminal that is 80 columns wide, until it is ready. */
export const SCREEN = `
> <PACKAGE> start
> exec node tools/start/start.cjs

Postgres: DATABASE_URL is set, so none is started here.
Mail: SMTP_URL is set, so none is caught here.
[prepare] Applied to the database: <THESE>
[prepare] The outbox was created.
[prepare] The queue tables are now at version <THESE>
[api] Starting "api".
[api] <TIME> LOG [Connections] Up to <THESE>
[api] <TIME> LOG [Api] Ready on http://127.0.0.1:<PORT>, described at /docs.
[worker] Starting "worker".
[worker] <TIME> LOG [Health] Health on port <PORT>: /health/live, /health/ready.
[worker] <TIME> LOG [Connections] Up to <THESE>
[worker] <TIME> LOG [Workers] Running <THESE>
[worker] <TIME> LOG [Worker] Ready.

Ready.
  API      http://localhost:<PORT> (http://localhost:<PORT>/docs)
  Queues   http://localhost:<PORT>/queues, in PostgreSQL <DATABASE>

No first job was sent, because DATABASE_URL and SMTP_URL are set: the job would
leave a row and a mail there.

Send another one in a second terminal, and follow it to its end:
  npx queue enqueue --job=notification --wait \\
    --data='{"to":"ada@example.com","subject":"Hello","text":"From a worker"}'

DATABASE_URL is set in this terminal only: set the same in the other one, or
once for all in the file .env.

A changed source restarts its application. Stop: Ctrl-C

`;

/** That of the second terminal, with the command that the first one shows. */
export const SECOND_SCREEN = `Queues: PostgreSQL <DATABASE>
Added job 1 to the queue "notification".
The job completed after <N> ms with
{
  "response": "250 OK: message queued",
  "messageId": "<MESSAGE>"
}
`;

/** After Ctrl-C. */
export const LAST_LINES = `
Stopping: running jobs and requests finish first. Ctrl-C again ends them now.
[api] <TIME> LOG [Shutdown] SIGTERM: stopped after <N> ms.
[worker] <TIME> LOG [Shutdown] SIGTERM: stopped after <N> ms.
`;

export const COLUMNS = 80;

/** Not a line of a worker that was added to the workspace. */
function isOfMain(line: string): boolean {
  return !line.startsWith('[') || /^\[(?:prepare|api|worker)\]/.test(line);
}

/** Without what is another one each time, or in a workspace that has grown: times, ports, the server, where lines break, and the order of what runs side by side. */
export function stable(
  screen: string,
  { DATABASE_URL = '', ...ports }: Record<string, string>,
): string {
  const { host, pathname } = new URL(DATABASE_URL);
  // Where a line goes on it is indented, further than anything else is.
  const lines = screen
    .replaceAll(/\n {9,}/g, ' ')
    .split('\n')
    .filter(isOfMain);
  const programs = ['[prepare]', '[api]', '[worker]'];
  const programOf = (line: string) => programs.findIndex((program) => line.startsWith(program));
  const running = lines
    .filter((line) => programOf(line) !== -1)
    .sort((a, b) => programOf(a) - programOf(b));
  return lines
    .map((line) => (programOf(line) === -1 ? line : (running.shift() ?? '')))
    .join('\n')
    .replaceAll(/^(\[.*?\]) +/gm, '$1 ')
    .replace(/^> \S+@\S+ /m, '> <PACKAGE> ')
    .replaceAll(/\b(Applied to the database:|Running|Up to|version) .*/g, '$1 <THESE>')
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, '<TIME>')
    .replaceAll(/\b\d+ ms\b/g, '<N> ms')
    .replaceAll(/<[^<>]+@[^<>]+>/g, '<MESSAGE>')
    .replaceAll(`${host}${pathname}`, '<DATABASE>')
    .replaceAll(ports['PORT'] ?? '', '<PORT>')
    .replaceAll(ports['WORKER_HTTP'] ?? '', '<PORT>');
}

/** Lines that the terminal breaks inside of a word, although they consist of several. */
export function brokenLines(screen: string): string[] {
  return screen.split('\n').filter((line) => line.length > COLUMNS && /\S +\S/.test(line));
}
