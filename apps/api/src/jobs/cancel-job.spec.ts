import { Logger } from '@nestjs/common';
import { type TestDatabase, until } from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const TOKEN = 'a-token-of-operators';

describe('DELETE /jobs/:queue/:id', () => {
  let database: TestDatabase;
  let api: ApiUnderTest;

  beforeAll(async () => {
    database = await createApiDatabase();
    api = await ApiUnderTest.start(database.url, { OPERATOR_TOKEN: TOKEN });
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const cancel = (path: string) => api.http.delete(path).set('authorization', `Bearer ${TOKEN}`);

  async function addReport(): Promise<string> {
    const data = { reportId: 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11' };
    return (await api.queue('report').add('report', data)).id ?? '';
  }

  it('cancels a job that waits, whose status and events say so, and logs it', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const id = await addReport();
    const answer = await cancel(`/jobs/report/${id}?reason=Not%20needed.`).expect(200);
    expect(answer.body).toEqual({ outcome: 'cancelled' });
    await until(() => log.mock.calls.some(([line]) => String(line).startsWith('DELETE /jobs/')));
    log.mockRestore();
    expect((await api.http.get(`/jobs/report/${id}`).expect(200)).body).toMatchObject({
      state: 'cancelled',
      failure: 'Not needed.',
      attempts: { made: 0 },
    });
    const events = await api.http.get(`/jobs/report/${id}/events`).expect(200);
    expect(events.text).toContain('event: end');
    expect(events.text).toContain('"state":"cancelled"');
    // Cancelled once more, it is cancelled.
    await cancel(`/jobs/report/${id}`).expect(200);
    const dead = await api.http
      .get('/dead-jobs?queue=report')
      .set('authorization', `Bearer ${TOKEN}`);
    expect(dead.body).toMatchObject({ total: 0 });
  });

  it('answers 202 while the job runs on, and 409 if it has ended by itself', async () => {
    const id = await addReport();
    let end = (): void => undefined;
    const ending = new Promise<void>((resolve) => (end = resolve));
    // A worker that knows nothing of cancelling.
    const worker = api.work('report', () => ending);
    await until(async () => (await api.queue('report').getJobState(id)) === 'active');
    const answer = await cancel(`/jobs/report/${id}?wait=0`).expect(202);
    expect(answer.body).toEqual({ outcome: 'cancelling' });
    end();
    await until(async () => (await api.queue('report').getJobState(id)) === 'completed');
    await worker.stop();
    const ended = await cancel(`/jobs/report/${id}`).expect(409);
    expect((ended.body as { detail: string }).detail).toContain('has completed');
  });

  it('is for operators, and names what it does not find', async () => {
    const id = await addReport();
    await api.http.delete(`/jobs/report/${id}`).expect(401);
    expect(await api.queue('report').getJobState(id)).toBe('waiting');
    await cancel('/jobs/report/none').expect(404);
    await cancel(`/jobs/letter/${id}`).expect(404);
    await cancel(`/jobs/report/${id}?wait=soon`).expect(400);
  });
});
