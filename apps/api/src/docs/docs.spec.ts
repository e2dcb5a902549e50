import * as v from 'valibot';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { TestDatabase } from '@libs/testing';
import { createApiDatabase } from '../testing/api-database';
import { ApiUnderTest } from '../testing/api-under-test';
import { schemaRef } from './schema-registry';

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

/** Every object within a value, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;

  beforeAll(async () => {
    document = (await api.http.get('/docs-json').expect(200)).body as OpenAPIObject;
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'post', 'put'] as const).flatMap((method) => {
        const operation = item[method];
        return operation ? [{ path, method, operation }] : [];
      }),
    );

  it('has every route', () => {
    expect(operations().map(({ path, method }) => `${method} ${path}`)).toEqual([
      'post /notifications',
      'post /images',
      'get /images/{id}/{size}',
      'post /reports',
      'get /reports/{id}.csv',
      'get /jobs/{queue}/{id}',
      'get /jobs/{queue}/{id}/events',
      'get /dead-jobs',
      'get /dead-jobs/{queue}/{id}',
      'post /dead-jobs/{queue}/{id}/redrive',
      'post /dead-jobs/{queue}/redrive',
      'get /queues',
      'get /queues/{queue}',
      'post /queues/{queue}/pause',
      'post /queues/{queue}/resume',
      'post /queues/{queue}/drain',
      'put /queues/{queue}/concurrency',
      'get /schedules',
      'post /schedules/{queue}/{name}/run',
    ]);
  });

  it('defines every schema that it refers to, and no other', () => {
    const references = [...objectsIn(document)].flatMap(({ $ref }) => ($ref ? [$ref] : []));
    const defined = Object.keys(document.components?.schemas ?? {});
    expect(new Set(references)).toEqual(
      new Set(defined.map((name) => `#/components/schemas/${name}`)),
    );
  });

  it('declares every parameter of a path', () => {
    for (const { path, operation } of operations()) {
      const inPath = (operation.parameters ?? []).flatMap((parameter) =>
        'in' in parameter && parameter.in === 'path' ? [parameter.name] : [],
      );
      const expected = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(inPath.sort()).toEqual(expected.sort());
    }
  });

  it('takes the schemas that requests are validated with', () => {
    expect(document.components?.schemas).toMatchObject({
      CreateNotification: {
        type: 'object',
        required: ['to', 'subject', 'text'],
        additionalProperties: false,
        properties: {
          to: { type: 'string', format: 'email', maxLength: 254 },
          subject: { type: 'string', minLength: 1, maxLength: 998 },
          text: { type: 'string', maxLength: 100_000 },
        },
      },
      CreateReport: {
        required: ['from', 'to'],
        properties: { from: { type: 'string', format: 'date' } },
      },
    });
  });

  it('describes an upload as a form with a file', () => {
    expect(document.paths['/images']?.post?.requestBody).toMatchObject({
      required: true,
      content: {
        'multipart/form-data': {
          schema: { required: ['file'], properties: { file: { format: 'binary' } } },
        },
      },
    });
  });

  it('has every POST that adds a job answer 202 with its address, and problems otherwise', () => {
    const posts = operations().filter(
      ({ method, path }) => method === 'post' && !/^\/(dead-jobs|queues|schedules)/.test(path),
    );
    expect(posts).toHaveLength(3);
    for (const { operation } of posts) {
      expect(operation.responses['202']).toMatchObject({
        headers: { Location: { required: true } },
        content: { 'application/json': {} },
      });
      expect(operation.responses).not.toHaveProperty('201');
    }
    for (const { operation } of operations()) {
      const failures = Object.keys(operation.responses).filter((status) => status >= '400');
      expect(failures).toContain('503');
      for (const status of failures) {
        expect(operation.responses[status]).toMatchObject({
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/ProblemDetails' },
            },
          },
        });
      }
    }
  });
});

describe('the pages at /docs', () => {
  it('are served whole by the api itself, so that they work without a network', async () => {
    const page = (await api.http.get('/docs').expect(200)).text;
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files).toContain('./docs/swagger-ui-bundle.js');
    for (const file of files) {
      expect(file).toMatch(/^\.\/docs\//);
      await api.http.get(file.slice(1)).expect(200);
    }
  });

  it('can be turned off', async () => {
    const quiet = await ApiUnderTest.start(database.url, { DOCS: 'off' });
    await quiet.http.get('/docs').expect(404);
    await quiet.http.get('/docs-json').expect(404);
    await quiet.close();
  });
});

it('a request is described with zod, and a schema of another library is refused by its name', () => {
  const schema = v.object({ page: v.string() }) as never;
  expect(() => schemaRef('Visit', schema)).toThrow('"Visit" is a schema of valibot.');
});
