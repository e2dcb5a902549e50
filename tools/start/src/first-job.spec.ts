import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { runFirstJob, whyNoFirstJob } from './first-job';

// npm-start.spec.ts proves that it passes through a real api and worker.
describe('the first job of npm start', () => {
  let server: Server;

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('that fails is told by a sentence with its address', async () => {
    const api = await serve((request, response) => {
      if (request.method === 'POST') {
        response.writeHead(202, { location: '/jobs/notification/1' }).end('{}');
      } else response.end(JSON.stringify({ state: 'failed' }));
    });
    expect(await runFirstJob(api)).toContain(`it failed, see ${api}/jobs/notification/1.`);
  });

  it('that the api does not take is told by a sentence with its answer', async () => {
    const api = await serve((_request, response) => response.writeHead(503).end());
    expect(await runFirstJob(api)).toContain('POST /notifications was answered 503.');
  });
});

describe('a first job', () => {
  it('is run on the development services', () => {
    expect(whyNoFirstJob({ PORT: '4000', SMTP_URL: '' })).toBeUndefined();
  });

  it.each(['DATABASE_URL', 'QUEUE_URL', 'SMTP_URL', 'WORKER_PROCESSORS'])(
    'is not run where %s is set: what is used, or run, is the business of who has set it',
    (variable) => {
      expect(whyNoFirstJob({ [variable]: 'x' })).toContain(`because ${variable} is set`);
    },
  );
});
