import { Notification } from '@libs/data-access/notifications';
import type { TestDatabase } from '@libs/testing';
import type { AcceptedJob } from '../enqueue/accepted-job';
import { PROBLEM_JSON } from '../http/problem-details';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada' };

describe('POST /notifications', () => {
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

  const post = () => api.http.post('/notifications');

  it('stores the notification, adds its job, and says where to look', async () => {
    const before = await api.stored();
    const response = await post().send(mail).expect(202);
    const { id } = response.body as AcceptedJob;
    const job = `/jobs/notification/${id}`;
    expect(response.body).toEqual({ id, job, events: `${job}/events` });
    expect(response.headers['location']).toBe(job);

    const row = await api.database.getRepository(Notification).findOneByOrFail({ id });
    expect(row).toMatchObject({ recipient: mail.to, subject: mail.subject, body: mail.text });
    expect((await api.queue('notification').getJob(id))?.data).toEqual(mail);
    expect(await api.stored()).toEqual({
      ...before,
      notifications: before.notifications + 1,
      jobs: before.jobs + 1,
    });
    await api.http.get(job).expect(200);
  });

  it('takes what is text in any language, and keeps it', async () => {
    const unusual = {
      ...mail,
      subject: 'Zażółć gęślą jaźń 🎉',
      text: "'; DROP TABLE notifications; --",
    };
    const { id } = (await post().send(unusual).expect(202)).body as AcceptedJob;
    const row = await api.database.getRepository(Notification).findOneByOrFail({ id });
    expect(row).toMatchObject({ subject: unusual.subject, body: unusual.text });
  });

  describe.each([
    ['no address', { ...mail, to: 'ada' }, ['to']],
    ['a header smuggled into the address', { ...mail, to: 'a@b.co\r\nBcc: eve@b.co' }, ['to']],
    ['a subject of two lines', { ...mail, subject: 'a\r\nBcc: eve@b.co' }, ['subject']],
    ['a NUL character, which no table can hold', { ...mail, text: 'a\0' }, ['text']],
    ['a text that is too long', { ...mail, text: 'x'.repeat(100_001) }, ['text']],
    ['several wrong fields', { to: 7, subject: '' }, ['to', 'subject', 'text']],
    ['a misspelt field', { ...mail, txet: 'x' }, ['txet']],
    ['an array', [mail], ['']],
  ])('with %s', (_, body, fields) => {
    it('names each wrong field, and changes nothing', async () => {
      const before = await api.stored();
      const response = await post().type('application/json').send(JSON.stringify(body)).expect(400);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(response.body).toMatchObject({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        instance: '/notifications',
        errors: fields.map((field) => ({ field, message: expect.any(String) as string })),
      });
      expect(await api.stored()).toEqual(before);
    });
  });

  describe.each([
    ['malformed JSON', 'application/json', '{"to": "ada', 400],
    ['no body', 'application/json', '', 400],
    ['nothing but null', 'application/json', 'null', 400],
    ['a form', 'application/x-www-form-urlencoded', 'to=ada@example.com', 415],
    ['text', 'text/plain', JSON.stringify(mail), 415],
    ['an unknown character set', 'application/json; charset=klingon', JSON.stringify(mail), 415],
    ['too much', 'application/json', JSON.stringify({ ...mail, x: 'x'.repeat(600_000) }), 413],
  ])('with %s as %s', (_, type, body, status) => {
    it(`answers ${status} with a problem, and changes nothing`, async () => {
      const before = await api.stored();
      const response = await post().set('content-type', type).send(body).expect(status);
      expect(response.headers['content-type']).toContain(PROBLEM_JSON);
      expect(response.body).toMatchObject({ status, detail: expect.any(String) as string });
      expect(JSON.stringify(response.body)).not.toMatch(/node_modules|at Object|stack/);
      expect(await api.stored()).toEqual(before);
    });
  });

  it('keeps neither row nor job when the job cannot be added', async () => {
    const before = await api.stored();
    // Renaming a function makes the queue store fail; it stands for any failure.
    await api.database.query('ALTER FUNCTION bullmq.add_job RENAME TO add_job_away');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await post().send(mail).expect(500);
    await api.database.query('ALTER FUNCTION bullmq.add_job_away RENAME TO add_job');
    expect(await api.stored()).toEqual(before);
    await post().send(mail).expect(202);
  });
});
