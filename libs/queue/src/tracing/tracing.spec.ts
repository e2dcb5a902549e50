import { pathToFileURL } from 'node:url';
import { createServer, get, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  createTestDatabase,
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
  type TestDatabase,
  traceTree,
  until,
} from '@libs/testing';
import pg from 'pg';
import * as z from 'zod';
import { DeadJobs, defineJob, type JobProducer, QueueModule } from '..';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '../consumer';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { noteJob, processProbe, threadProbe } from '../isolation/testing/probe.contract';
import { ProcessProbe, ThreadProbe } from '../isolation/testing/probe.processors';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobContract } from '../contract/job-contract';
import { migrateOutbox } from '../outbox/migrate-outbox';
import { Transaction } from '../outbox/testing/transaction';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';
import { startTracing } from './start-tracing';
import { TraceExporter } from './trace-exporter';

const letterJob = defineJob({
  name: 'letter',
  data: z.object({ does: z.enum(['nothing', 'calls', 'fails once', 'dies']) }),
  options: { attempts: 2, backoff: { type: 'fixed', delay: 1 } },
  redact: ['does'],
});

const parcelJob = defineJob({
  name: 'parcel',
  data: z.object({}),
  children: { letters: letterJob },
});

const dailyJob = defineJob({
  name: 'daily',
  data: z.object({}),
  schedule: { every: '1s', data: {} },
});

/** What the handler calls. */
const post = {
  url: '',
  headers: [] as IncomingHttpHeaders[],
  pool: undefined as pg.Pool | undefined,
};

@JobProcessor(letterJob)
class LetterProcessor extends JobHost<typeof letterJob> {
  async handle({ data, attempt }: JobContext<typeof letterJob>) {
    if (data.does === 'fails once' && attempt === 1) throw new Error('The post fails once.');
    if (data.does === 'dies') throw new Error('It dies.');
    if (data.does !== 'calls') return;
    await post.pool?.query('SELECT $1::text AS secret', ['xyzzy']);
    await fetch(`${post.url}/fetched?key=xyzzy`);
    await new Promise((resolve) =>
      get(`${post.url}/got`, (answer) => answer.resume().on('end', resolve)),
    );
  }
}

@JobProcessor(noteJob)
class NoteProcessor extends JobHost<typeof noteJob> {
  handle() {
    // A job that does nothing.
  }
}

@JobProcessor(parcelJob)
class ParcelProcessor extends JobHost<typeof parcelJob> {
  handle() {
    // A job that waits for its children.
  }
}

@JobProcessor(dailyJob)
class DailyProcessor extends JobHost<typeof dailyJob> {
  handle() {
    // A job that runs by its schedule.
  }
}

/** What OpenTelemetry reads. */
const VARIABLES = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
};

describeOnEachStore('the trace of a job', (kind) => {
  let receiver: OtlpReceiver;
  let store: TestStore;
  let database: TestDatabase;
  let programs: CompiledPrograms;
  let app: TestingModule;
  let server: Server;

  beforeAll(async () => {
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    [receiver, store, database, programs] = await Promise.all([
      startOtlpReceiver(),
      createTestStore(kind),
      createTestDatabase(),
      compilePrograms('isolation/testing/probe.sandbox'),
    ]);
    await migrateOutbox(database.url);
    Object.assign(process.env, VARIABLES, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      PROBE_STORE: store.url,
    });
    post.pool = new pg.Pool({ connectionString: database.url });
    server = createServer((request, response) => {
      post.headers.push(request.headers);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    post.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tracing = startTracing('test');
    const { telemetry, observers } = tracing;
    const outbox = kind === 'redis' ? { url: database.url } : undefined;
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url, telemetry, observers, outbox }),
        QueueModule.forFeature(letterJob, parcelJob, noteJob, processProbe, threadProbe),
        QueueWorkerModule.forProcessors(
          [
            LetterProcessor,
            ParcelProcessor,
            DailyProcessor,
            NoteProcessor,
            ProcessProbe,
            ThreadProbe,
          ],
          { sandbox: pathToFileURL(programs.path('probe.sandbox')) },
        ),
        tracing.module,
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    await post.pool?.end();
    server.closeAllConnections();
    await Promise.all([receiver.close(), new Promise((done) => server.close(done))]);
    await Promise.all([store.drop(), database.drop(), programs.remove()]);
  });

  const producerOf = <Job extends JobContract>(job: Job) =>
    app.get<JobProducer<Job>>(getJobProducerToken(job), { strict: false });

  /** The spans of the trace that a job belongs to, once there are as many attempts in it. */
  async function traceOf(queue: string, id: string, attempts = 1): Promise<ReceivedSpan[]> {
    return until(() => {
      const own = receiver.spans.filter(
        ({ attributes }) =>
          attributes['messaging.destination.name'] === queue &&
          attributes['messaging.message.id'] === id,
      );
      if (own.filter(({ kind: of }) => of === 'CONSUMER').length < attempts) return undefined;
      const traceIds = new Set(own.map(({ traceId }) => traceId));
      expect(traceIds.size).toBe(1);
      return receiver.spans.filter(({ traceId }) => traceIds.has(traceId));
    });
  }

  const queueSpans = (spans: readonly ReceivedSpan[]) =>
    spans.filter(({ attributes }) => 'messaging.system' in attributes);

  it('leads from the add to the handler', async () => {
    const { id } = await producerOf(letterJob).add({ does: 'nothing' });
    const spans = queueSpans(await traceOf('letter', id));
    expect(traceTree(spans)).toEqual(['send letter (PRODUCER)', '  process letter (CONSUMER)']);
    const [sent, processed] = spans;
    expect(sent?.attributes).toEqual({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'letter',
      'messaging.message.id': id,
    });
    expect(processed?.attributes).toEqual({
      'messaging.system': 'bullmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'letter',
      'messaging.message.id': id,
      'messaging.client.id': expect.any(String) as string,
      'messaging.bullmq.job.attempt': 1,
      'messaging.bullmq.job.outcome': 'completed',
    });
  });

  it('has what the handler calls, and tells a server its trace', async () => {
    post.headers = [];
    const { id } = await producerOf(letterJob).add({ does: 'calls' });
    const spans = await traceOf('letter', id);
    expect(traceTree(spans)).toEqual([
      'send letter (PRODUCER)',
      '  process letter (CONSUMER)',
      '    SELECT (CLIENT)',
      '    GET (CLIENT)',
      '    GET (CLIENT)',
    ]);
    const [, fetched, got] = spans.filter(({ kind: of }) => of === 'CLIENT');
    const sql = spans.find(({ name }) => name === 'SELECT');
    expect(sql?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.query.text': 'SELECT $1::text AS secret',
    });
    expect(post.headers.map(({ traceparent }) => traceparent)).toEqual(
      [fetched, got].map((span) => `00-${span?.traceId}-${span?.spanId}-01`),
    );
    expect(fetched?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'url.full': `${post.url}/fetched`,
    });
    // Neither parameters of statements nor queries of URLs.
    const shown = JSON.stringify(spans.map(({ attributes }) => attributes));
    expect(shown).not.toContain('xyzzy');
  });

  it('has each attempt as a child of the add, and says which has failed and why', async () => {
    const { id } = await producerOf(letterJob).add({ does: 'fails once' });
    const spans = queueSpans(await traceOf('letter', id, 2));
    expect(traceTree(spans)).toEqual([
      'send letter (PRODUCER)',
      '  process letter (CONSUMER, error)',
      '  process letter (CONSUMER)',
    ]);
    const attempts = spans.filter(({ kind: of }) => of === 'CONSUMER');
    expect(attempts.map(outcomeOf)).toEqual(['1 failed', '2 completed']);
    // As the contract's `redact` has it.
    expect(attempts.map(({ errors }) => errors)).toEqual([['The post [redacted].'], []]);
  });

  it('goes on when a dead job is redriven', async () => {
    const { id } = await producerOf(letterJob).add({ does: 'dies' });
    const isDead = (spans: readonly ReceivedSpan[], times: number) =>
      spans.filter((span) => outcomeOf(span) === '2 dead').length === times;
    await until(async () => isDead(await traceOf('letter', id, 2), 1));
    await app.get(DeadJobs).redrive('letter', id);
    const spans = queueSpans(await traceOf('letter', id, 4));
    expect(traceTree(spans)).toEqual([
      'send letter (PRODUCER)',
      ...Array.from({ length: 4 }, () => '  process letter (CONSUMER, error)'),
    ]);
  });

  it('has a job with its children', async () => {
    const letter = { data: { does: 'nothing' } } as const;
    const { id } = await producerOf(parcelJob).add({}, { children: { letters: [letter, letter] } });
    const spans = queueSpans(await traceOf('parcel', id));
    expect(traceTree(spans)).toEqual([
      'send parcel (PRODUCER)',
      '  process letter (CONSUMER)',
      '  process letter (CONSUMER)',
      '  process parcel (CONSUMER)',
    ]);
  });

  it('has jobs that are added together under one span', async () => {
    const data = { does: 'nothing' } as const;
    const [first] = await producerOf(letterJob).addBulk([{ data }, { data }]);
    const sent = await until(() =>
      receiver.spans.find(
        ({ attributes }) => Number(attributes['messaging.batch.message_count']) === 2,
      ),
    );
    const spans = await until(() => {
      const all = receiver.spans.filter(({ traceId }) => traceId === sent.traceId);
      return queueSpans(all).length === 3 ? queueSpans(all) : undefined;
    });
    expect(traceTree(spans)).toEqual([
      'send letter (PRODUCER)',
      '  process letter (CONSUMER)',
      '  process letter (CONSUMER)',
    ]);
    expect(spans.map(({ attributes }) => attributes['messaging.message.id'])).toContain(first?.id);
  });

  it('leads through the transaction of the caller, and its outbox', async () => {
    const manager = await Transaction.begin(kind === 'redis' ? database.url : store.url);
    const { id } = await producerOf(letterJob).add({ does: 'nothing' }, { manager });
    const flow = await producerOf(parcelJob).add(
      {},
      { manager, children: { letters: [{ data: { does: 'nothing' } }] } },
    );
    await manager.end('COMMIT');
    const [single, parcel] = await Promise.all([traceOf('letter', id), traceOf('parcel', flow.id)]);
    expect(traceTree(single)).toEqual(
      kind === 'redis'
        ? ['create letter (PRODUCER)', '  send letter (CLIENT)', '  process letter (CONSUMER)']
        : ['send letter (PRODUCER)', '  process letter (CONSUMER)'],
    );
    expect(traceTree(queueSpans(parcel))).toEqual(
      kind === 'redis'
        ? [
            'create parcel (PRODUCER)',
            '  send parcel (CLIENT)',
            '  process letter (CONSUMER)',
            '  process parcel (CONSUMER)',
          ]
        : ['send parcel (PRODUCER)', '  process letter (CONSUMER)', '  process parcel (CONSUMER)'],
    );
  });

  it('begins anew with each run of a schedule', async () => {
    const runs = await until(() => {
      const spans = receiver.spans.filter(({ name }) => name === 'process daily');
      return spans.length >= 2 ? spans : undefined;
    });
    expect(new Set(runs.map(({ traceId }) => traceId)).size).toBe(runs.length);
    const first = receiver.spans.filter(({ traceId }) => traceId === runs[0]?.traceId);
    expect(traceTree(queueSpans(first))).toEqual([
      'send daily (PRODUCER)',
      '  process daily (CONSUMER)',
    ]);
  });

  it('leads into the sandbox of an isolated processor, and out of it', async () => {
    const probe = kind === 'redis' ? threadProbe : processProbe;
    await producerOf(probe).add({ do: 'enqueue', name: 'Ada' });
    const { name } = probe;
    const spans = await until(() => {
      const sent = receiver.spans.find((span) => span.name === `send ${name}`);
      const all = receiver.spans.filter(({ traceId }) => traceId === sent?.traceId);
      return queueSpans(all).length === 4 ? queueSpans(all) : undefined;
    });
    expect(traceTree(spans, (span) => `${span.name} of ${span.service}`)).toEqual([
      `send ${name} of test`,
      `  process ${name} of test`,
      '    send note of sandbox',
      '      process note of test',
    ]);
  });

  it('has nothing that the worker asks for by itself', () => {
    const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    const names = new Set(roots.map(({ name }) => name.replace(/ .*/, '')));
    expect([...names].sort()).toEqual(kind === 'redis' ? ['create', 'send'] : ['send']);
    const ids = new Set(receiver.spans.map(({ spanId }) => spanId));
    const lost = receiver.spans.filter(({ parentSpanId: id }) => id !== undefined && !ids.has(id));
    expect(lost).toEqual([]);
  });
});

function outcomeOf({ attributes }: ReceivedSpan): string {
  const attempt = String(attributes['messaging.bullmq.job.attempt']);
  return `${attempt} ${String(attributes['messaging.bullmq.job.outcome'])}`;
}

describe('tracing', () => {
  it('sends what is left when the application stops, in protobuf by default', async () => {
    const receiver = await startOtlpReceiver();
    delete process.env['OTEL_EXPORTER_OTLP_PROTOCOL'];
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    const { module, telemetry } = startTracing('test');
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    telemetry.tracer.startSpan('add letter').end();
    await app.close();
    expect([...receiver.contentTypes]).toEqual(['application/x-protobuf']);
    await receiver.close();
  });

  it('says once that spans are lost, and stops without waiting for a collector that is away', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    const { module, telemetry } = startTracing('test');
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    telemetry.tracer.startSpan('add letter').end();
    await until(() => warn.mock.calls.length > 0);
    telemetry.tracer.startSpan('add letter').end();
    const start = performance.now();
    await app.close();
    // The SDK itself tries for ten seconds.
    expect(performance.now() - start).toBeLessThan(8_000);
    expect(String(warn.mock.calls[0]?.[0])).toContain('Spans could not be exported: ');
  });

  it('is off with OTEL_SDK_DISABLED=true, whatever the other variables say', async () => {
    const receiver = await startOtlpReceiver();
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SDK_DISABLED: 'TRUE',
    });
    const { module, telemetry, flush } = startTracing('test');
    delete process.env['OTEL_SDK_DISABLED'];
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    telemetry.tracer.startSpan('add letter').end();
    await fetch(receiver.url, { method: 'POST', body: '{}' });
    await flush();
    await app.close();
    expect([...receiver.contentTypes]).toEqual(['text/plain;charset=UTF-8']);
    await receiver.close();
  });

  it('gives others the trace in the way of OTEL_PROPAGATORS, and none if that is none', async () => {
    for (const [names, headers] of [
      [undefined, ['baggage', 'traceparent']],
      ['tracecontext', ['traceparent']],
      ['baggage', ['baggage']],
      ['b3', ['baggage', 'traceparent']],
      ['none', []],
    ] as const) {
      if (names !== undefined) process.env['OTEL_PROPAGATORS'] = names;
      const exporter = new TraceExporter('test');
      const span = trace.getTracer('test').startSpan('test');
      const baggage = propagation.createBaggage({ team: { value: 'jobs' } });
      const active = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, span), baggage);
      const carrier: Record<string, string> = {};
      propagation.inject(active, carrier);
      expect(Object.keys(carrier).sort()).toEqual(headers);
      await exporter.stop();
    }
    delete process.env['OTEL_PROPAGATORS'];
  });
});
