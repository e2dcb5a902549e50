import { type TestDatabase, until } from '@libs/testing';
import type { Response } from 'supertest';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import { jpeg, png } from '../testing/sample-images';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };
const report = { from: '2025-01-01', to: '2025-01-31' };
/** The report, and its days. */
const REPORT_JOBS = 32;

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

const request = (path: string, key: string) => api.http.post(path).set('Idempotency-Key', key);
const post = (key: string, body: object = mail) => request('/notifications', key).send(body);

const keys = async () => {
  const rows = await api.database.query<{ key: string }[]>('SELECT key FROM idempotency_keys');
  return rows.map(({ key }) => key);
};

const answerOf = ({ status, headers, body }: Response) => ({
  status,
  location: headers['location'],
  body: body as unknown,
});

/** Runs something, and counts the rows and jobs it has added. */
async function added(run: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await api.stored();
  await run();
  const after = await api.stored();
  const changes = Object.entries(after).map(([name, count]) => [
    name,
    count - before[name as keyof typeof before],
  ]);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0)) as Record<string, number>;
}

describe('a request that is sent again under its key', () => {
  it.each([
    ['/notifications', 'notifications', 1, () => post('again')],
    ['/reports', 'reports', REPORT_JOBS, () => request('/reports', 'again').send(report)],
    ['/images', 'images', 1, () => request('/images', 'again').attach('file', png(3, 2), 'a.png')],
  ])('is done once, and answered the same: POST %s', async (_, table, jobs, send) => {
    const changes = await added(async () => {
      const first = answerOf(await send().expect(202));
      expect(first.location).toMatch(/^\/jobs\//);
      expect(answerOf(await send())).toEqual(first);
    });
    expect(changes).toEqual({ [table]: 1, jobs });
  });

  it('is done once when both arrive at the same moment', async () => {
    const changes = await added(async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => post('race').then(answerOf)),
      );
      expect(answers[0]?.status).toBe(202);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    });
    expect(changes).toEqual({ notifications: 1, jobs: 1 });
  });

  it('is the same if only its JSON is written in another way, or its file has another name', async () => {
    const changes = await added(async () => {
      await post('written').expect(202);
      const { to, subject, text } = mail;
      await post('written', { text, subject, to }).expect(202);
      for (const name of ['a.png', 'b.png']) {
        await request('/images', 'named').attach('file', png(3, 2), name).expect(202);
      }
    });
    expect(changes).toEqual({ notifications: 1, images: 1, jobs: 2 });
  });

  it.each([
    ['another body', () => post('other'), () => post('other', { ...mail, text: 'Bye' })],
    [
      'another file',
      () => request('/images', 'other').attach('file', png(3, 2), 'a.png'),
      () => request('/images', 'other').attach('file', jpeg, 'a.png'),
    ],
  ])('is refused with %s, and changes nothing', async (_, first, second) => {
    await first().expect(202);
    const changes = await added(async () => {
      const response = await second().expect(422);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(response.body).toMatchObject({
        detail: expect.stringContaining('"other" was used for a different request') as string,
      });
    });
    expect(changes).toEqual({});
    await first().expect(202);
  });

  it('may use its key on another route', async () => {
    const changes = await added(async () => {
      await post('shared').expect(202);
      await request('/reports', 'shared').send(report).expect(202);
    });
    expect(changes).toEqual({ notifications: 1, reports: 1, jobs: 1 + REPORT_JOBS });
  });

  it('is done again when its key has expired', async () => {
    const changes = await added(async () => {
      await post('old').expect(202);
      await api.database.query(
        `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'old'`,
      );
      await post('old', { ...mail, text: 'Bye' }).expect(202);
    });
    expect(changes).toEqual({ notifications: 2, jobs: 2 });
  });

  it.each(['off', '500ms'])(
    'is told to wait while the first one hangs, with a DATABASE_STATEMENT_TIMEOUT of %s',
    async (DATABASE_STATEMENT_TIMEOUT) => {
      const limited = await ApiUnderTest.start(database.url, { DATABASE_STATEMENT_TIMEOUT });
      const send = () =>
        limited.http.post('/notifications').set('Idempotency-Key', 'slow').send(mail);
      const other = api.database.createQueryRunner();
      await other.startTransaction();
      await other.query(
        `INSERT INTO idempotency_keys (route, key, request_hash) VALUES ('POST /notifications', 'slow', '')`,
      );
      const response = await send().expect(409);
      expect(response.headers['retry-after']).toBe('1');
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      await other.rollbackTransaction();
      await other.release();
      await send().expect(202);
      await limited.close();
      await api.database.query(`DELETE FROM idempotency_keys WHERE key = 'slow'`);
    },
  );
});

describe('a key', () => {
  it.each([
    ['"a b, c"', '"a b, c"'],
    ['abc', '"abc"'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['x'.repeat(255), `"${'x'.repeat(255)}"`],
  ])('may be quoted or not: %s', async (one, same) => {
    const changes = await added(async () => {
      await post(one).expect(202);
      await post(same).expect(202);
    });
    expect(changes).toEqual({ notifications: 1, jobs: 1 });
  });

  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schlüssel'],
    ['not closed', '"abc'],
    ['quoted in part', '"abc"d'],
    ['with a space, but no quotes', 'a b'],
    ['sent twice', 'a, b'],
  ])('is refused if it is %s, and changes nothing', async (_, key) => {
    const changes = await added(async () => {
      const response = await post(key).expect(400);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(response.body).toMatchObject({ errors: [{ field: 'Idempotency-Key' }] });
      // Checked before the upload is read.
      await request('/images', key).attach('file', Buffer.from('x'), 'a.png').expect(400);
    });
    expect(changes).toEqual({});
  });

  it('is free again if the first request failed', async () => {
    await post('failed', { ...mail, to: 'ada' }).expect(400);
    await request('/images', 'failed').attach('file', Buffer.from('x'), 'a.png').expect(415);
    await api.database.query('ALTER FUNCTION bullmq.add_job RENAME TO add_job_away');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await post('failed').expect(500);
    await api.database.query('ALTER FUNCTION bullmq.add_job_away RENAME TO add_job');
    expect(await keys()).not.toContain('failed');
    await post('failed', { ...mail, text: 'Bye' }).expect(202);
  });

  it('is deleted when it has expired', async () => {
    await post('kept').expect(202);
    await post('gone').expect(202);
    await api.database.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'gone'`,
    );
    const next = await ApiUnderTest.start(database.url);
    await until(async () => !(await keys()).includes('gone'));
    expect(await keys()).toContain('kept');
    await next.close();
  });
});
