import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { loadConfig } from '@libs/config';
import { defineJob, QueueModule } from '@libs/queue';
import type { TestDatabase } from '@libs/testing';
import request from 'supertest';
import * as z from 'zod';
import { apiConfig } from '../config';
import { ProblemFilter } from '../http/problem.filter';
import { queueProblem } from '../queues/queue.problem';
import { SettingsModule } from '../settings.module';
import { createApiDatabase } from '../testing/api-database';
import { scheduleProblem } from './schedule.problem';
import { type SchedulesDto, schedulesSchema } from './schedule.dto';
import { SchedulesModule } from './schedules.module';

const TOKEN = randomUUID();

const cleanupJob = defineJob({
  name: 'cleanup',
  data: z.object({ deep: z.boolean() }),
  schedule: {
    nightly: { cron: '0 3 * * *', timezone: 'Europe/Berlin', data: { deep: true } },
    often: { every: '15m', data: { deep: false } },
  },
});

/** The samples have no schedules, so this is the api with another job. */
describe('the schedules of the api', () => {
  let database: TestDatabase;
  let app: INestApplication<Server>;

  beforeAll(async () => {
    database = await createApiDatabase();
    const config = loadConfig(apiConfig, { DATABASE_URL: database.url, OPERATOR_TOKEN: TOKEN });
    const module = await Test.createTestingModule({
      imports: [
        SettingsModule.for(config),
        QueueModule.forRoot({ url: database.url }),
        QueueModule.forFeature(cleanupJob),
        SchedulesModule,
      ],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.useGlobalFilters(new ProblemFilter([queueProblem, scheduleProblem]));
    await app.init();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const http = () => request(app.getHttpServer());
  const get = (path: string) => http().get(path).set('authorization', `Bearer ${TOKEN}`);
  const post = (path: string) => http().post(path).set('authorization', `Bearer ${TOKEN}`);

  it('are listed, and run by operators only', async () => {
    await http().get('/schedules').expect(401);
    await http().post('/schedules/cleanup/nightly/run').expect(401);

    const { body } = (await get('/schedules').expect(200)) as { body: SchedulesDto };
    expect(schedulesSchema.parse(body)).toEqual(body);
    expect(body.schedules).toMatchObject([
      { queue: 'cleanup', name: 'nightly', expression: '0 3 * * *', timezone: 'Europe/Berlin' },
      { queue: 'cleanup', name: 'often', expression: 'every 15m', timezone: null, last: null },
    ]);
    const next = body.schedules[0]?.next ?? [];
    expect(next).toHaveLength(5);
    expect(next.every(({ local }) => local.includes(' 03:00:00 +0'))).toBe(true);

    const { body: job } = (await post('/schedules/cleanup/nightly/run').expect(202)) as {
      body: { id: string; job: string };
    };
    expect(job.id).toMatch(/^manual:nightly:\d+$/);
    expect(job.job).toBe(`/jobs/cleanup/${encodeURIComponent(job.id)}`);
  });

  it.each([
    ['/schedules/cleanup/nightli/run', /has no schedule "nightli"\. Did you mean "nightly"/],
    ['/schedules/cleanip/nightly/run', /There is no queue "cleanip"/],
  ])('answers to %s with 404', async (path, detail) => {
    const { body } = (await post(path).expect(404)) as { body: { detail: string } };
    expect(body.detail).toMatch(detail);
  });
});
