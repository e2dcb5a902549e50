import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { ExitCode, Readiness } from '@libs/health';
import { type TestDatabase, until, untilStatementWaits } from '@libs/testing';
import pg from 'pg';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import { closeHttp } from './close-http';

const mail = JSON.stringify({ to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' });

describe('an api that is told to stop', () => {
  let database: TestDatabase;
  let api: ApiUnderTest;
  let holder: pg.Client;
  const agents: Agent[] = [];

  beforeEach(async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    database = await createApiDatabase();
    api = await ApiUnderTest.start(database.url);
    holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE');
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    await holder.end();
    await database.drop();
  });

  /** A request that waits for a locked table, sent and in progress. */
  async function startSlowRequest(): Promise<{ answer: Promise<IncomingMessage> }> {
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${api.url}/notifications`, { method: 'POST', agent, headers });
    const answer = once(sent, 'response').then(([response]) => response as IncomingMessage);
    answer.catch(() => undefined);
    sent.end(mail);
    await untilStatementWaits(holder);
    return { answer };
  }

  /** A keep-alive connection that was used once. */
  async function openIdleConnection(): Promise<{ closed: Promise<unknown> }> {
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    const [response] = (await once(get(`${api.url}/health/live`, { agent }), 'response')) as [
      IncomingMessage,
    ];
    const { socket } = response;
    response.resume();
    await once(response, 'end');
    return { closed: once(socket, 'close') };
  }

  it('answers the request that it works on, closes the idle connection, and takes no new one', async () => {
    const { port } = new URL(api.url);
    const slow = await startSlowRequest();
    const idle = await openIdleConnection();
    api.app.get(Readiness).markStopping();
    const ready = await fetch(`${api.url}/health/ready`, { headers: { connection: 'close' } });
    expect(ready.status).toBe(503);

    const closing = closeHttp(api.app, 30_000);
    await idle.closed;
    await until(async () => {
      const socket = connect(Number(port), '127.0.0.1');
      const [event] = await Promise.race([
        once(socket, 'connect').then(() => ['connect'] as const),
        once(socket, 'error').then(() => ['error'] as const),
      ]).catch(() => ['error'] as const);
      socket.destroy();
      return event === 'error';
    });
    await holder.query('COMMIT');
    const response = await slow.answer;
    expect(response.statusCode).toBe(202);
    expect(response.headers.connection).toBe('close');
    response.resume();
    expect(await closing).toBe(ExitCode.finished);
  });

  it('does not wait for a connection that was opened in advance and has sent nothing', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    expect(await closeHttp(api.app, 30_000)).toBe(ExitCode.finished);
    await closed;
  });

  it('cuts at its deadline what has not ended, and its exit code says so', async () => {
    const slow = await startSlowRequest();
    const closing = closeHttp(api.app, 300);
    await expect(slow.answer).rejects.toThrow();
    // The database operation that the request waits for ends on its own.
    await holder.query('ROLLBACK');
    expect(await closing).toBe(ExitCode.unfinished);
  });
});
