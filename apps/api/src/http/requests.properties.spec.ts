import type { TestDatabase } from '@libs/testing';
import fc from 'fast-check';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest, type Stored } from '../testing/api-under-test';
import { PROBLEM_JSON } from './problem-details';

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

/** Fields known to the routes, with unexpected values. */
const nearlyValid = fc.record(
  {
    to: fc.oneof(fc.emailAddress(), fc.constant('2025-01-31'), fc.jsonValue()),
    from: fc.oneof(fc.constant('2025-01-01'), fc.string(), fc.jsonValue()),
    subject: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    text: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

const body = fc.oneof(
  fc.json(),
  nearlyValid.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);

/** All values that a client accepts in a header. */
const headerValue = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 300,
});

const contentType = fc.oneof(
  fc.constantFrom('application/json', 'multipart/form-data; boundary=a', 'text/plain'),
  headerValue,
);

const headers = fc.record(
  {
    'content-type': contentType,
    'idempotency-key': headerValue,
    accept: headerValue,
    'last-event-id': headerValue,
  },
  { requiredKeys: ['content-type'] },
);

const path = fc.oneof(
  fc.constantFrom('/notifications', '/reports', '/images'),
  fc.webPath(),
  fc
    .tuple(fc.constantFrom('/jobs/report', '/jobs', '/reports', '/images'), fc.string())
    .map(([start, id]) => `${start}/${encodeURIComponent(id)}`),
);

async function expectProblem(response: Response): Promise<void> {
  expect(response.headers.get('content-type')).toContain(PROBLEM_JSON);
  expect(await response.json()).toMatchObject({
    status: response.status,
    detail: expect.any(String) as string,
  });
}

const total = ({ notifications, images, reports, jobs }: Stored) =>
  notifications + images + reports + jobs;

describe('any request', () => {
  it('to a POST route is done, or refused with a problem; refused, it leaves nothing behind', async () => {
    const routes = fc.constantFrom('/notifications', '/reports', '/images');
    await fc.assert(
      fc.asyncProperty(routes, headers, body, async (route, sent, content) => {
        const before = await api.stored();
        const response = await fetch(api.url + route, {
          method: 'POST',
          headers: sent,
          body: content,
        });
        expect(response.status).toBeLessThan(500);
        if (response.status === 202) {
          await response.json();
          return;
        }
        await expectProblem(response);
        expect(total(await api.stored())).toBe(total(before));
      }),
      { numRuns: 100 },
    );
  });

  it('to any path is answered, never with a failure of the api', async () => {
    const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');
    await fc.assert(
      fc.asyncProperty(methods, path, headers, async (method, asked, sent) => {
        const response = await fetch(api.url + asked, { method, headers: sent });
        expect(response.status).toBeLessThan(500);
        if (response.status >= 400) await expectProblem(response);
        else await response.text();
      }),
      { numRuns: 100 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString', '%00', '..%2f..', '%F0%9F%8E%89', "'--"])(
    'for a thing called %s finds nothing, and fails at nothing',
    async (name) => {
      for (const start of ['/jobs', '/jobs/report', '/images', '/reports']) {
        const response = await fetch(`${api.url}${start}/${name}`);
        expect(response.status).toBe(404);
        await expectProblem(response);
      }
    },
  );
});
