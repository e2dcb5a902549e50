import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { getQueueToken } from '@nestjs/bullmq';
import { notificationJob } from '@libs/jobs/notification';
import { reportJob } from '@libs/jobs/report';
import { thumbnailJob } from '@libs/jobs/thumbnail';
import { migrateQueueStore, QueueAdmin, QueueModule, shutdownLimit } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { createQueueMetrics } from '@libs/queue/metrics';
import { createTestDatabase, createTestRedis, hasTestRedis, until } from '@libs/testing';
import type { Queue } from 'bullmq';
import { stop as stopEsbuild } from 'esbuild';
import { loadAll } from 'js-yaml';
import { FsTree } from 'nx/src/generators/tree';
import kubernetesGenerator from './kubernetes';

const ROOT = join(__dirname, '../../../..');

/** What KEDA has of a ScaledObject. */
interface Trigger {
  readonly type: string;
  readonly name: string;
  readonly metadata: {
    readonly url: string;
    readonly valueLocation: string;
    readonly targetValue: string;
  };
}

interface Container {
  readonly image: string;
  readonly env: readonly { readonly name: string }[];
}

/** What is read of objects; each has a part of it. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly triggers: readonly Trigger[];
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
      };
    };
  };
}

/** The manifests of this workspace, by the code of its own applications. They are written nowhere in it. */
let folder: string;
const read = (file: string) => readFileSync(join(folder, 'deploy/kubernetes', file), 'utf8');
const parse = (text: string) => loadAll(text) as Manifest[];
const find = (manifests: readonly Manifest[], kind: string, name: string) => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  const tree = new FsTree(ROOT, false);
  await kubernetesGenerator(tree, {});
  for (const { path, content } of tree.listChanges()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content ?? '');
  }
}, 120_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stopEsbuild();
});

const stores = ['Postgres'];
// In CI a missing server fails the tests.
if (hasTestRedis() || process.env['CI'] === 'true') stores.push('Redis');

/** Reports that run until they are released, by their ids. */
const running = new Set<() => void>();
const FAILS = '00000000-0000-4000-8000-00000000dead';
const ENDS = '00000000-0000-4000-8000-00000000600d';

@JobProcessor(reportJob, { concurrency: 2 })
class ReportProcessor extends JobHost<typeof reportJob> {
  async handle({ data }: JobContext<typeof reportJob>) {
    if (data.reportId === FAILS) throw new Error('as asked');
    if (data.reportId !== ENDS) {
      await new Promise<void>((resolve) => {
        running.add(resolve);
      });
    }
    return { days: 0, notifications: 0, images: 0 };
  }
}

describe.each(stores)('the ScaledObject of the worker, with the queues in %s,', (kind) => {
  let store: { url: string; drop: () => Promise<void> };
  let api: TestingModule;
  let server: Server;
  const apps: TestingModule[] = [];

  beforeAll(async () => {
    store = kind === 'Redis' ? await createTestRedis() : await createTestDatabase();
    await migrateQueueStore(store.url);
    const metrics = createQueueMetrics();
    // As the api of a workspace may: it adds reports and mails, and knows nothing of thumbnails.
    api = await start([
      QueueModule.forRoot({ url: store.url, observers: metrics.observers }),
      QueueModule.forFeature(reportJob, notificationJob),
      metrics.module,
    ]);
    server = createServer(metrics.handler).listen(0, '127.0.0.1');
    await until(() => server.listening);
  });

  afterAll(async () => {
    for (const end of running) end();
    running.clear();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Promise.all(apps.map((app) => app.close()));
    await store.drop();
  });

  async function start(imports: Parameters<typeof Test.createTestingModule>[0]['imports']) {
    const app = await Test.createTestingModule({ imports }).compile();
    app.useLogger(false);
    await app.init();
    apps.push(app);
    return app;
  }

  const queueOf = (app: TestingModule, name: string) =>
    app.get<Queue>(getQueueToken(name), { strict: false });

  /** What KEDA gets: the number at `valueLocation` of an answer with the code 200, and otherwise an error. */
  async function ask({ metadata: { url, valueLocation } }: Trigger): Promise<number> {
    const { pathname, port } = new URL(url);
    expect(port).toBe('9464');
    const address = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${address.port}${pathname}`, {
      headers: { connection: 'close' },
    });
    if (response.status !== 200) throw new Error(`api returned ${response.status}`);
    const value = ((await response.json()) as Record<string, unknown>)[valueLocation];
    if (typeof value !== 'number') throw new Error(`valueLocation must point to a number`);
    return value;
  }

  it('asks for what could run now and what runs, of each of its queues', async () => {
    const { triggers } = find(parse(read('base/worker.yaml')), 'ScaledObject', 'worker').spec;
    expect(triggers.map(({ name, type }) => `${type} ${name}`)).toEqual(
      ['notification', 'report', 'report-day', 'thumbnail'].map((name) => `metrics-api ${name}`),
    );

    const reports = queueOf(api, 'report');
    const worker = await start([
      QueueModule.forRoot({ url: store.url }),
      QueueModule.forFeature(reportJob, thumbnailJob),
      QueueWorkerModule.forProcessors([ReportProcessor]),
    ]);
    const some = { reportId: '00000000-0000-4000-8000-000000000000' };
    await reports.add('report', { reportId: FAILS }, { attempts: 1 });
    await reports.add('report', { reportId: ENDS });
    await until(
      async () => (await reports.getFailedCount()) + (await reports.getCompletedCount()) === 2,
    );
    await reports.addBulk([some, some].map((data) => ({ name: 'report', data })));
    await until(() => running.size === 2);
    // Both slots of the worker are taken: these stay.
    await reports.addBulk([some, some, some].map((data) => ({ name: 'report', data })));
    await reports.add('report', some, { priority: 5 });
    await reports.add('report', some, { delay: 1, timestamp: Date.now() - 60_000 });
    await reports.add('report', some, { delay: 3_600_000 });
    const mails = queueOf(api, 'notification');
    const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello' };
    await mails.addBulk([mail, mail, mail, mail].map((data) => ({ name: 'notification', data })));
    await queueOf(worker, 'thumbnail').add('thumbnail', { imageId: some.reportId });

    const loads = async () => {
      const numbers = await Promise.all(triggers.map(ask));
      return Object.fromEntries(triggers.map(({ name }, index) => [name, numbers[index]]));
    };
    const all = { notification: 4, report: 7, 'report-day': 0, thumbnail: 1 };
    expect(await loads()).toEqual(all);
    const admin = api.get(QueueAdmin, { strict: false });
    await admin.pause('notification');
    await admin.pause('report');
    expect(await loads()).toEqual({ ...all, notification: 0, report: 2 });
  });

  it('gets an error, and not 0, for a wrong name', async () => {
    const { triggers } = find(parse(read('base/worker.yaml')), 'ScaledObject', 'worker').spec;
    for (const { metadata, ...trigger } of triggers) {
      const wrong = { ...metadata, url: metadata.url.replace(/(\w)$/, '$1$1') };
      await expect(ask({ ...trigger, metadata: wrong })).rejects.toThrow('api returned 404');
    }
  });
});

describe('the manifests of this workspace', () => {
  it('give each process the time that its shutdown takes', () => {
    const settings = new Map(
      ['common.env', 'api.env'].flatMap((file) =>
        read(`base/${file}`)
          .split('\n')
          .map((line): [string, number] => [
            line.split('=')[0] ?? '',
            Number.parseInt(line.split('=')[1] ?? ''),
          ]),
      ),
    );
    const [deadline = NaN, delay = NaN] = ['SHUTDOWN_DEADLINE', 'SHUTDOWN_DELAY'].map((name) =>
      settings.get(name),
    );
    for (const [name, before, runsJobs] of [
      ['api', delay, false],
      ['worker', 0, true],
    ] as const) {
      const { template } = find(parse(read(`base/${name}.yaml`)), 'Deployment', name).spec;
      expect(template).toMatchObject({
        spec: {
          terminationGracePeriodSeconds:
            before + shutdownLimit(deadline * 1_000, { runsJobs }) / 1_000 + 1,
        },
      });
    }
  });

  it('are those that the guide shows', () => {
    const guide = readFileSync(join(ROOT, 'docs/guides/kubernetes.md'), 'utf8');
    const blocks = [...guide.matchAll(/^<!-- from (\S+) -->\n\n```\w+\n([^]*?)^```$/gm)];
    expect(blocks).toHaveLength(1);
    for (const [, file = '', shown = ''] of blocks) {
      // A comment of dots stands for what is left out.
      for (const part of shown.split(/^\s*# …\n/m)) expect(read(file)).toContain(part);
    }
  });

  const kubectl = (path: string) =>
    spawnSync('kubectl', ['kustomize', path], { encoding: 'utf8', maxBuffer: 10_000_000 });
  const hasKubectl = spawnSync('kubectl', ['version', '--client']).error === undefined;
  const name = 'are built by kustomize, for each store and in a namespace of an overlay';
  (hasKubectl ? it : it.skip)(hasKubectl ? name : `${name} (left out: there is no kubectl)`, () => {
    const build = (path: string) => {
      const { status, stdout, stderr } = kubectl(join(folder, 'deploy/kubernetes', path));
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return parse(stdout);
    };
    const file = 'overlays/redis/kustomization.yaml';
    writeFileSync(
      join(folder, 'deploy/kubernetes', file),
      read(file).replace('namespace: jobs', 'namespace: shop'),
    );
    const counts = ['base', 'overlays/postgres', 'overlays/redis'].map(
      (path) => build(path).length,
    );
    expect(counts).toEqual([17, 17, 18]);

    const all = build('overlays/redis');
    expect(new Set(all.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['shop']));
    const { triggers } = find(all, 'ScaledObject', 'worker').spec;
    expect(triggers.map(({ metadata }) => new URL(metadata.url).host)).toEqual(
      triggers.map(() => 'api-metrics.shop.svc.cluster.local:9464'),
    );
    const required = { secretKeyRef: { name: 'job-secrets', key: 'QUEUE_URL', optional: false } };
    for (const [kind, of] of [
      ['Deployment', 'api'],
      ['Deployment', 'worker'],
      ['Job', 'migrate'],
    ] as const) {
      const { containers, initContainers = [] } = find(all, kind, of).spec.template.spec;
      for (const { image, env } of [...containers, ...initContainers]) {
        expect(env).toContainEqual({ name: 'QUEUE_URL', valueFrom: required });
        expect(image).toMatch(/^registry\.example\.com\/(api|worker):1$/);
      }
    }
  });
});
