import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getQueueToken } from '@nestjs/bullmq';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '@libs/config';
import { type ExitCode, Readiness } from '@libs/health';
import { JobsReader } from '@libs/queue';
import { type Processor, type Queue, UnrecoverableError, Worker } from 'bullmq';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { apiConfig } from '../config';
import { createApp } from '../create-app';
import { closeHttp } from '../http/close-http';

/** Everything that a request may have left behind. */
export interface Stored {
  notifications: number;
  images: number;
  reports: number;
  jobs: number;
}

/** The whole api on an isolated database, listening on a free port. */
export class ApiUnderTest {
  private constructor(readonly app: NestExpressApplication) {}

  /** @param databaseUrl a database of {@link createApiDatabase} */
  static async start(databaseUrl: string, env: Record<string, string> = {}): Promise<ApiUnderTest> {
    const config = loadConfig(apiConfig, {
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'error',
      RATE_LIMIT: 'off',
      ...env,
    });
    const app = await createApp(config);
    await app.listen(0, '127.0.0.1');
    app.get(Readiness).markReady();
    return new ApiUnderTest(app);
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  private get server(): Server {
    return this.app.getHttpServer();
  }

  get http() {
    return request(this.url);
  }

  get database(): DataSource {
    return this.app.get(DataSource);
  }

  queue(name: string): Queue {
    return this.app.get<Queue>(getQueueToken(name), { strict: false });
  }

  /** The number of rows and jobs. */
  async stored(): Promise<Stored> {
    const [rows] = await this.database.query<Omit<Stored, 'jobs'>[]>(`
      SELECT (SELECT count(*) FROM notifications)::int AS notifications,
             (SELECT count(*) FROM images)::int AS images,
             (SELECT count(*) FROM reports)::int AS reports`);
    const counts = await Promise.all(
      this.app
        .get(JobsReader)
        .known()
        .map((name) => this.queue(name).getJobCountByTypes()),
    );
    const jobs = counts.reduce((sum, count) => sum + count, 0);
    return { notifications: 0, images: 0, reports: 0, ...rows, jobs };
  }

  /** Runs the jobs of a queue in this process, until `stop` is called. */
  work(queue: string, run: Processor): { stop: () => Promise<void> } {
    const { connection } = this.queue(queue).opts;
    const worker = new Worker(queue, run, { connection });
    worker.on('error', () => undefined);
    return { stop: () => worker.close() };
  }

  /** Makes a job fail permanently. */
  async failJob(queue: string, id: string, reason: string): Promise<void> {
    const worker = this.work(queue, () => {
      throw new UnrecoverableError(reason);
    });
    const isFailed = async () =>
      (await this.app.get(JobsReader).get(queue, id))?.state === 'failed';
    while (!(await isFailed())) await new Promise(setImmediate);
    await worker.stop();
  }

  /** As the api stops. By itself, Nest would wait until no connection is kept alive any more: more than a minute. */
  close(): Promise<ExitCode> {
    return closeHttp(this.app, 30_000);
  }
}
