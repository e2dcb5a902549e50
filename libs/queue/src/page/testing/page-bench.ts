import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { until } from '@libs/testing';
import type { JobContract, JobInput } from '../../contract/job-contract';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { getJobProducerToken } from '../../producer/inject-job.decorator';
import type { JobProducer } from '../../producer/job-producer';
import { JobsReader } from '../../reader/jobs-reader';
import { createTestStore, type StoreKind, type TestStore } from '../../store/testing/each-store';
import { pageWithoutFramework } from '../http/page-without-framework';
import { QueuePageModule } from '../queue-page.module';
import type { QueuePageOptions } from '../queue-page-options';
import {
  held,
  invoiceJob,
  nightlyJob,
  NightlyProcessor,
  orderJob,
  OrderProcessor,
  RefundProcessor,
} from './shop.jobs';

export const TOKEN = 'a-token-of-operators';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a module of a processor may bring along. */
@Controller()
class StrayController {
  @Get(['stray', 'queues/stray'])
  secret(): string {
    return 'a secret';
  }
}

@Module({ controllers: [StrayController] })
class StrayModule {}

/** An application with the page, and the workers of its jobs. */
export class PageBench {
  /** What was logged as the audit of the page. */
  readonly audit: string[] = [];

  private constructor(
    private readonly store: TestStore,
    readonly app: INestApplication<Server>,
    /** Has the connections of visitors. */
    readonly server: Server,
  ) {}

  static async open(
    kind: StoreKind,
    page: QueuePageOptions = { token: TOKEN },
    { isOnExpress = true }: { isOnExpress?: boolean } = {},
  ): Promise<PageBench> {
    const without = isOnExpress ? undefined : pageWithoutFramework(page);
    const store = await createTestStore(kind);
    const module = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        // The queue of refunds is known by its processor only, as on a worker.
        QueueModule.forFeature(orderJob, nightlyJob, invoiceJob),
        QueueWorkerModule.forProcessors([OrderProcessor, NightlyProcessor, RefundProcessor]),
        ...(without ? [without.module, StrayModule] : [QueuePageModule.register(page)]),
      ],
    }).compile();
    const app = without
      ? module.createNestApplication<INestApplication<Server>>(without.adapter, {
          bodyParser: false,
        })
      : module.createNestApplication<INestApplication<Server>>();
    app.useLogger(false);
    await app.init();
    const server = without ? createServer(without.handler) : app.getHttpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bench = new PageBench(store, app, server);
    const note = (message: unknown) => bench.audit.push(String(message));
    app.useLogger({ log: note, warn: note, error: note });
    return bench;
  }

  /** Where the page is, with a slash at the end. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
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
    if (this.server !== this.app.getHttpServer()) {
      this.server.closeAllConnections();
      await new Promise((resolve) => this.server.close(resolve));
    }
    await this.app.close();
    await this.store.drop();
  }
}
