import type { TestDatabase } from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';

const TOKEN = 'a-token-of-operators';
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const PAGE = '/queues/-/';

describe('the page of queues of the api', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createApiDatabase();
  });
  afterAll(() => database.drop());

  async function inApi(env: Record<string, string>, test: (api: ApiUnderTest) => Promise<void>) {
    const api = await ApiUnderTest.start(database.url, env);
    try {
      await test(api);
    } finally {
      await api.close();
    }
  }

  it('does not exist unless somebody can log in', async () => {
    await inApi({}, async (api) => {
      // The routes of operators, which have no queue called "-", are off too.
      for (const path of [`${PAGE}data/overview`, `${PAGE}assets/page.js`, '/queues/-/login']) {
        await api.http.get(path).expect(404);
      }
      await api.http.post(`${PAGE}login`).expect(404);
      await api.http.get(PAGE).set(BROWSER).expect(403);
      await api.http.get('/queues').set(BROWSER).expect(403);
    });
    await inApi({ OPERATOR_TOKEN: TOKEN, QUEUE_PAGE: 'off' }, async (api) => {
      await api.http.get(`${PAGE}data/overview`).expect(404);
      await api.http.get('/queues').set(BROWSER).expect(401);
    });
  });

  it('is where a browser is led from /queues, which stays JSON for programs', async () => {
    await inApi({ OPERATOR_TOKEN: TOKEN }, async (api) => {
      const { headers } = await api.http.get('/queues').set(BROWSER).expect(302);
      expect(new URL(headers['location'] ?? '', `${api.url}/queues`).pathname).toBe(PAGE);
      const authorization = `Bearer ${TOKEN}`;
      await api.http
        .get('/queues')
        .set({ authorization })
        .expect(200)
        .expect(/"queues":\[/);
      await api.http.get('/queues').expect(401);

      await api.http
        .get(PAGE)
        .set(BROWSER)
        .expect(401)
        .expect(/Operator token/);
      const login = api.http.post(`${PAGE}login`).type('form').redirects(0);
      const loggedIn = await login.send({ token: TOKEN, name: 'ada' }).expect(303);
      const [cookie = ''] = loggedIn.get('Set-Cookie') ?? [];
      const session = { cookie: cookie.split(';', 1)[0] ?? '' };
      const page = await api.http
        .get(PAGE)
        .set({ ...BROWSER, ...session })
        .expect(200);
      // Not that of helmet, which allows styles in the page.
      expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
      const overview = await api.http.get(`${PAGE}data/overview`).set(session).expect(200);
      const { queues } = overview.body as { queues: { queue: string }[] };
      expect(queues.map(({ queue }) => queue)).toContain('report');
      // Sessions are of the page; programs need the token.
      await api.http.get('/queues/report').set(session).expect(401);

      const docs = await api.http.get('/docs-json').expect(200);
      expect(Object.keys((docs.body as { paths: object }).paths).join()).not.toContain('/-');
    });
  });
});
