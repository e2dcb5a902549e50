import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { until } from '@libs/testing';
import type { JobContract, JobInput } from '../../contract/job-contract';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { getJobProducerToken } from '../../producer/inject-job.decorator';
import type { JobProducer } from '../../producer/job-producer';
import { JobsReader } from '../../reader/jobs-reader';
import { createTestStore, type StoreKind, type TestStore } from '../../store/testing/each-store';
import { QueuePageModule } from '../queue-page.module';
import type { QueuePageOptions } from '../queue-page-options';
import {
  held,
  invoiceJob,
  nightlyJob,
  NightlyProcessor,
  orderJob,
  OrderProcessor,
} from './shop.jobs';

export const TOKEN = 'a-token-of-operators';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** An application with the page, and the workers of its jobs. */
export class PageBench {
  /** What was logged as the audit of the page. */
  readonly audit: string[] = [];

  private constructor(
    private readonly store: TestStore,
    readonly app: INestApplication<Server>,
  ) {}

  static async open(
    kind: StoreKind,
    page: QueuePageOptions = { token: TOKEN },
  ): Promise<PageBench> {
    const store = await createTestStore(kind);
    const module = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(orderJob, nightlyJob, invoiceJob),
        QueueWorkerModule.forProcessors([OrderProcessor, NightlyProcessor]),
        QueuePageModule.register(page),
      ],
    }).compile();
    const app = module.createNestApplication<INestApplication<Server>>();
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    const bench = new PageBench(store, app);
    const note = (message: unknown) => bench.audit.push(String(message));
    app.useLogger({ log: note, warn: note, error: note });
    return bench;
  }

  /** Where the page is, with a slash at the end. */
  get url(): string {
    const { port } = this.app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${port}/queues/-/`;
  }

  producer<Job extends JobContract>(job: Job): JobProducer<Job> {
    return this.app.get<JobProducer<Job>>(getJobProducerToken(job), { strict: false });
  }

  async addOrder(data: JobInput<typeof orderJob>, jobId?: string): Promise<string> {
    return (await this.producer(orderJob).add(data, { jobId })).id;
  }

  /** Waits until an order is in this state. */
  async untilOrder(id: string, state: string): Promise<void> {
    const reader = this.app.get(JobsReader);
    await until(async () => (await reader.get('order', id))?.state === state, {
      what: `the order ${id} to be ${state}`,
    });
  }

  /** @param path below the page */
  async ask(path: string, init: RequestInit = {}): Promise<Answered> {
    const response = await fetch(new URL(path, this.url), { redirect: 'manual', ...init });
    // A body that is not read keeps its connection open.
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Logs in. @returns the header with the session */
  async logIn(name = 'Ada'): Promise<{ cookie: string }> {
    const body = new URLSearchParams({ token: TOKEN, name });
    const { headers } = await this.ask('login', { method: 'POST', body });
    const [cookie = ''] = headers.getSetCookie();
    return { cookie: cookie.split(';', 1)[0] ?? '' };
  }

  async close(): Promise<void> {
    for (const end of held) end();
    await this.app.close();
    await this.store.drop();
  }
}
