import { describeConfig, loadWorkerConfig, workerConfig } from './config';

describe('the configuration of the worker', () => {
  const load = (env: Record<string, string>) => loadOf({ name: 'worker', port: 3001 }, env);
  const loadOf = (worker: { name: string; port: number }, env: Record<string, string>) =>
    loadWorkerConfig(worker, { DATABASE_URL: 'postgres://localhost/app', ...env });

  it('needs nothing but a database', () => {
    expect(load({})).toMatchObject({ WORKER_HTTP: 3001, MAIL_FROM: 'no-reply@localhost' });
    expect(load({}).WORKER_PROCESSORS).toBeUndefined();
  });

  it('knows which of its values may hold a password', () => {
    const rows = describeConfig(workerConfig({ name: 'worker', port: 3001 }));
    expect(rows.flatMap(({ name, isSecret }) => (isSecret ? [name] : [])).sort()).toEqual([
      'DATABASE_REPORTS_URL',
      'DATABASE_URL',
      'OPERATOR_TOKEN',
      'QUEUE_URL',
      'SMTP_URL',
    ]);
  });

  it('takes names of processors with or without blanks between them', () => {
    expect(load({ WORKER_PROCESSORS: 'report' }).WORKER_PROCESSORS).toEqual(['report']);
    expect(load({ WORKER_PROCESSORS: ' report , thumbnail' }).WORKER_PROCESSORS).toEqual([
      'report',
      'thumbnail',
    ]);
  });

  it('opens no port for its health if told so', () => {
    expect(load({ WORKER_HTTP: 'off' }).WORKER_HTTP).toBe('off');
    expect(() => load({ WORKER_HTTP: 'on' })).toThrow('WORKER_HTTP: expected a port, or off');
    expect(() => load({ WORKER_HTTP: 'off', METRICS_HTTP: 'own' })).toThrow(
      'METRICS_HTTP: own needs the port WORKER_HTTP, which is off',
    );
  });

  it('has names of its own for the variables of another worker, so that one .env serves both', () => {
    const env = {
      WORKER_HTTP: '4001',
      WORKER_PROCESSORS: 'report',
      MEDIA_MAIL_PROCESSORS: 'video',
    };
    const media = { name: 'media-mail', port: 3002 };
    expect(loadOf(media, env)).toMatchObject({ WORKER_HTTP: 3002, WORKER_PROCESSORS: ['video'] });
    expect(loadOf(media, { MEDIA_MAIL_HTTP: 'off' }).WORKER_HTTP).toBe('off');
    expect(() => loadOf(media, { MEDIA_MAIL_HTTP: 'on' })).toThrow(
      'MEDIA_MAIL_HTTP: expected a port, or off',
    );
  });

  it('refuses a name whose variables have another meaning', () => {
    expect(() => loadOf({ name: 'metrics', port: 3002 }, {})).toThrow(
      '"metrics" cannot be the name of a worker: every worker has a variable METRICS_HTTP.',
    );
  });

  it('has no page of queues unless it is asked for, and one that people can get into', () => {
    expect(load({ OPERATOR_TOKEN: 'a-token-of-operators' }).WORKER_QUEUE_PAGE).toBe('off');
    const page = (env: Record<string, string>) => load(env).WORKER_QUEUE_PAGE;
    expect(page({ WORKER_QUEUE_PAGE: 'open' })).toBe('open');
    const logins: Record<string, string>[] = [
      { OPERATOR_TOKEN: 'a-token-of-operators' },
      { QUEUE_PAGE_USER_HEADER: 'x-forwarded-user' },
    ];
    for (const login of logins) {
      expect(page({ WORKER_QUEUE_PAGE: 'read-only', ...login })).toBe('read-only');
    }
    expect(() => page({ WORKER_QUEUE_PAGE: 'on' })).toThrow(
      'WORKER_QUEUE_PAGE: needs a login: set OPERATOR_TOKEN',
    );
    expect(() => page({ WORKER_QUEUE_PAGE: 'open', WORKER_HTTP: 'off' })).toThrow(
      'WORKER_QUEUE_PAGE: needs the port WORKER_HTTP, which is off',
    );
  });

  it('takes a duration, or off, for how long a job may block the event loop', () => {
    const threshold = (value: string) =>
      load({ BLOCKED_LOOP_THRESHOLD: value }).BLOCKED_LOOP_THRESHOLD;
    expect([threshold('250ms'), threshold('off'), threshold('')]).toEqual([250, 'off', 1_000]);
    for (const wrong of ['0', 'never'])
      expect(() => threshold(wrong)).toThrow(
        'BLOCKED_LOOP_THRESHOLD: expected a duration such as 1s, up to 250h, or off',
      );
  });

  it.each(['shop@example.com', 'Shop <shop@example.com>'])('takes %s as a sender', (from) => {
    expect(load({ MAIL_FROM: from }).MAIL_FROM).toBe(from);
  });

  it.each(['shop', 'Shop <shop>', 'a@b.c\r\nBcc: eve@example.com'])(
    'refuses %j as a sender',
    (from) => {
      expect(() => load({ MAIL_FROM: from })).toThrow('MAIL_FROM: expected a mail address');
    },
  );
});
