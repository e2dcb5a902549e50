import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestDatabase, until } from '@libs/testing';
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { ExitCode } from '@libs/health';
import { JobsReader } from '@libs/queue';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import type { AcceptedJob } from '../enqueue/accepted-job';
import type { JobStatus } from './job-status';

let database: TestDatabase;
let api: ApiUnderTest;

beforeAll(async () => {
  database = await createApiDatabase();
  api = await ApiUnderTest.start(database.url);
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

async function addMail(): Promise<AcceptedJob> {
  const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };
  const response = await api.http.post('/notifications').send(mail).expect(202);
  return response.body as AcceptedJob;
}

async function statusOf(path: string): Promise<JobStatus> {
  return (await api.http.get(path).expect(200)).body as JobStatus;
}

/** A new client of the api, with the api's end of its connection. */
async function connectClient(): Promise<{ client: Socket; end: Socket }> {
  const server: Server = api.app.getHttpServer();
  const { hostname, port } = new URL(api.url);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(Number(port), hostname);
  const [end] = await accepted;
  return { client, end };
}

/** Resolves when `open()` is called; holds a job until the test releases it. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe('GET /jobs/:queue/:id', () => {
  it('tells a job from waiting to completed, with its result', async () => {
    const { id, job } = await addMail();
    const waiting = await api.http.get(job).expect(200);
    expect(waiting.headers['cache-control']).toBe('no-store');
    expect(waiting.body).toEqual({
      queue: 'notification',
      id,
      state: 'waiting',
      progress: 0,
      attempts: { made: 0, max: 6 },
      enqueuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      startedAt: null,
      finishedAt: null,
      result: null,
      failure: null,
      children: null,
      parent: null,
    });

    const worker = api.work('notification', async (running) => {
      await running.updateProgress(40);
      return { messageId: '1' };
    });
    await until(async () => (await statusOf(job)).state === 'completed');
    expect(await statusOf(job)).toMatchObject({
      state: 'completed',
      progress: 40,
      attempts: { made: 1, max: 6 },
      startedAt: expect.any(String) as string,
      finishedAt: expect.any(String) as string,
      result: { messageId: '1' },
      failure: null,
    });
    await worker.stop();
  });

  it('tells why a job failed', async () => {
    const { id, job } = await addMail();
    await api.failJob('notification', id, 'the disk is full');
    expect(await statusOf(job)).toMatchObject({
      state: 'failed',
      result: null,
      failure: 'the disk is full',
    });
  });

  it.each([
    ['/jobs/nothing/1', /There are: notification, report, report-day, thumbnail\.$/],
    ['/jobs/__proto__/1', /^There is no queue "__proto__"/],
    ['/jobs/report/1', /^There is no job "1" in the queue "report"\./],
    ['/jobs/report/%00', /^There is no job /],
    ['/jobs/report/1/events', /^There is no job "1" in the queue "report"\./],
    ['/jobs/nothing/1/events', /^There is no queue "nothing"/],
  ])('answers 404 to %s', async (path, detail) => {
    const response = await api.http.get(path).expect(404);
    expect(response.headers['content-type']).toContain(PROBLEM_JSON);
    expect((response.body as { detail: string }).detail).toMatch(detail);
  });
});

describe('GET /jobs/:queue/:id/events', () => {
  interface Event {
    event: string | undefined;
    id: string | undefined;
    data: JobStatus;
  }

  async function* events(path: string, signal?: AbortSignal): AsyncGenerator<Event> {
    const response = await fetch(`${api.url}${path}`, { signal });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const stream = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { event, id, data } of stream as AsyncIterable<EventSourceMessage>) {
      yield { event, id, data: JSON.parse(data) as JobStatus };
    }
  }

  it('streams each change until the job ends, and then ends itself', async () => {
    const accepted = await addMail();
    const half = gate();
    const end = gate();
    const seen: [string | undefined, string, unknown][] = [];
    let worker: { stop: () => Promise<void> } | undefined;
    for await (const { event, id, data } of events(accepted.events)) {
      seen.push([event, data.state, data.progress]);
      if (data.state === 'waiting') {
        worker = api.work('notification', async (job) => {
          await half.passed;
          await job.updateProgress(50);
          await end.passed;
          return { messageId: '1' };
        });
      }
      if (data.state === 'active') half.open();
      if (data.progress === 50) end.open();
      if (event === 'end') {
        expect(id).toBe('end');
        expect(data).toMatchObject({ state: 'completed', result: { messageId: '1' } });
      }
    }
    expect(seen).toEqual([
      ['state', 'waiting', 0],
      ['state', 'active', 0],
      ['progress', 'active', 50],
      ['end', 'completed', 50],
    ]);
    await worker?.stop();
  });

  it('tells at once how a job ended that nobody watched', async () => {
    const { id, events: path } = await addMail();
    await api.failJob('notification', id, 'the disk is full');
    const seen = [];
    for await (const event of events(path)) seen.push(event);
    expect(seen).toMatchObject([
      { event: 'end', data: { state: 'failed', failure: 'the disk is full' } },
    ]);
  });

  it('tells a browser that has seen the end not to come back', async () => {
    const { events: path } = await addMail();
    await api.http.get(path).set('last-event-id', 'end').expect(204);
  });

  it('lets go of a job when its client goes away', async () => {
    const accepted = await addMail();
    const watch = jest.spyOn(api.app.get(JobsReader), 'watch');
    const client = new AbortController();
    const stream = events(accepted.events, client.signal);
    await stream.next();
    const [, , signal] = watch.mock.calls[0] ?? [];
    const response = watch.mock.results[0]?.value as AsyncGenerator;
    client.abort();
    await until(() => signal?.aborted === true);
    expect(await response.next()).toMatchObject({ done: true });
  });

  it('lets go of a job whose client goes away before it was found', async () => {
    const accepted = await addMail();
    const reader = api.app.get(JobsReader);
    const get = reader.get.bind(reader);
    const watch = jest.spyOn(reader, 'watch');
    const { client, end } = await connectClient();
    const look = gate();
    jest.spyOn(reader, 'get').mockImplementationOnce(async (...job) => {
      const closed = once(end, 'close');
      client.destroy();
      await closed;
      look.open();
      return get(...job);
    });
    client.write(`GET ${accepted.events} HTTP/1.1\r\nHost: api\r\n\r\n`);
    await look.passed;
    // The next poll, if any, comes after this one.
    await statusOf(accepted.job);
    expect(watch).not.toHaveBeenCalled();
  });

  it('ends when the api stops, without waiting for the job', async () => {
    const accepted = await addMail();
    const other = await ApiUnderTest.start(database.url);
    const { hostname, port } = new URL(other.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${accepted.events} HTTP/1.1\r\nHost: api\r\n\r\n`);
    await once(socket, 'data');
    const closed = once(socket, 'close');
    socket.resume();
    expect(await other.close()).toBe(ExitCode.finished);
    await closed;
  });
});
