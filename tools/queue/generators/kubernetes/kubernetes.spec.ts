import { addProjectConfiguration, type Tree, updateJson } from '@nx/devkit';
import { loadAll } from 'js-yaml';
import { processorText, queueTree, writeContract, writeProcessor } from '../../testing/queue-tree';
import moveGenerator from '../move/move';
import type { StoreCheck } from '../plan/jobs-in-store';
import removeGenerator from '../remove/remove';
import renameGenerator from '../rename/rename';
import syncRegistries from '../sync/sync';
import workerGenerator from '../worker/worker';
import kubernetesGenerator from './kubernetes';
import type { KubernetesOptions } from './kubernetes-options';
import type { DescribedApplications, Variable } from './settings';

/** What the store says of a queue. */
const noJobs: StoreCheck = () =>
  Promise.resolve({
    store: 'PostgreSQL localhost/app',
    waiting: 0,
    due: 0,
    delayed: 0,
    running: 0,
    failed: 0,
    waitingForChildren: 0,
  });

const BASE = 'deploy/kubernetes/base';

const plain = (name: string): Variable => ({ name, required: false, isSecret: false });
const secret = (name: string, required = false): Variable => ({ name, required, isSecret: true });

/** What the code of two applications would say. */
const APPLICATIONS: DescribedApplications = {
  api: ['GATE', 'REPLICAS', 'SHUTDOWN_DELAY', 'LOG_FORMAT', 'HOST']
    .map(plain)
    .concat(secret('DATABASE_URL', true), secret('QUEUE_URL'), secret('OPERATOR_TOKEN')),
  worker: ['NAME_PROCESSORS', 'NAME_HTTP', 'REPLICAS', 'LOG_FORMAT']
    .map(plain)
    .concat(secret('DATABASE_URL', true), secret('SMTP_URL')),
  stopping: { api: 8, worker: 10 },
};

describe('nx g @tools/queue:kubernetes', () => {
  const generate = async (tree: Tree, options: KubernetesOptions = {}) =>
    kubernetesGenerator(tree, { skipFormat: true, ...options }, () =>
      Promise.resolve(APPLICATIONS),
    );

  /** A workspace with an api, a worker and two jobs. */
  function treeWithApi(workers = ['jobs-runner']): Tree {
    const tree = queueTree({ workers });
    for (const entry of [
      'early-signal',
      'start-worker',
      'run-worker-sandbox',
      'worker-definition',
      'config',
    ]) {
      tree.write(`packages/bootstrap/lib/${entry}.ts`, 'export {};\n');
    }
    addProjectConfiguration(tree, 'front', {
      root: 'services/front',
      sourceRoot: 'services/front/code',
      targets: {
        build: {
          options: {
            additionalEntryPoints: ['services/front/code/migrate.ts'],
            image: { port: 8080, portVariable: 'GATE' },
          },
        },
      },
    });
    addJob(tree, 'email');
    addJob(tree, 'sms');
    return tree;
  }

  function addJob(
    tree: Tree,
    job: string,
    { options = '', worker = 'jobs-runner', contract = '' } = {},
  ) {
    writeContract(tree, job);
    const file = `packages/agreements/source/${job}.job.ts`;
    tree.write(
      file,
      textOf(tree, file).replace('data: z.object({})', `data: z.object({})${contract}`),
    );
    const text = processorText(job).replace(
      /(@JobProcessor\(\w+)\)/,
      `$1${options && `, ${options}`})`,
    );
    writeProcessor(tree, job, { text, worker });
  }

  const textOf = (tree: Tree, file: string) => tree.read(file, 'utf-8') ?? '';

  /** The manifests by kind and name. */
  function objects(tree: Tree): Map<string, unknown> {
    const found = new Map<string, unknown>();
    for (const file of tree.children(BASE).filter((name) => name.endsWith('.yaml'))) {
      for (const each of loadAll(textOf(tree, `${BASE}/${file}`))) {
        const { kind, metadata } = each as { kind: string; metadata?: { name: string } };
        found.set(`${kind} ${metadata?.name ?? ''}`, each);
      }
    }
    return found;
  }

  interface Scaled {
    spec: {
      minReplicaCount: number;
      maxReplicaCount: number;
      triggers: { name: string; metadata: { url: string; targetValue: string } }[];
    };
  }
  const scaled = (tree: Tree, name = 'jobs-runner') =>
    (objects(tree).get(`ScaledObject ${name}`) as Scaled | undefined)?.spec;
  const targets = (tree: Tree, name?: string) =>
    Object.fromEntries(
      scaled(tree, name)?.triggers.map((trigger) => [trigger.name, trigger.metadata.targetValue]) ??
        [],
    );

  it('writes what the api and each worker need, and overlays to begin with', async () => {
    const tree = treeWithApi(['jobs-runner', 'media']);
    await generate(tree);

    expect(
      [...objects(tree).keys()].filter((name) => !/^NetworkPolicy|^Kustom/.test(name)).sort(),
    ).toEqual([
      'Deployment front',
      'Deployment jobs-runner',
      'Deployment media',
      'Job migrate',
      'PodDisruptionBudget front',
      'PodDisruptionBudget jobs-runner',
      'PodDisruptionBudget media',
      'ScaledObject jobs-runner',
      'Service api-metrics',
      'Service front',
      'Service jobs-runner',
      'Service media',
    ]);
    expect(tree.children('deploy/kubernetes/overlays').sort()).toEqual(['postgres', 'redis']);
    expect(textOf(tree, `${BASE}/front.env`)).toContain('\nGATE=8080\n');
    expect(textOf(tree, `${BASE}/media.env`)).toContain('\nMEDIA_HTTP=3001\n');
  });

  it('takes secrets from the Secret alone, and what a process needs must be there', async () => {
    const tree = treeWithApi();
    await generate(tree);

    for (const name of tree.children(BASE).filter((file) => file.endsWith('.env'))) {
      expect(textOf(tree, `${BASE}/${name}`)).not.toMatch(/_URL|TOKEN/);
    }
    const worker = textOf(tree, `${BASE}/jobs-runner.yaml`);
    expect(worker).toContain(
      'secretKeyRef: { name: job-secrets, key: SMTP_URL, optional: true }\n',
    );
    expect(worker).toContain('secretKeyRef: { name: job-secrets, key: DATABASE_URL }\n');
    expect(worker).not.toContain('OPERATOR_TOKEN');
  });

  it('has one target for each queue: how many of its jobs one pod runs at the same time', async () => {
    const tree = treeWithApi();
    addJob(tree, 'many', { options: '{ concurrency: 20 }' });
    addJob(tree, 'batch', { options: '{ concurrency: 2, batch: { size: 1_00 } }' });
    addJob(tree, 'env', { options: '{ concurrency: Number(process.env.MANY) }' });
    await generate(tree);

    expect(targets(tree)).toEqual({ email: '1', sms: '1', many: '20', batch: '200', env: '1' });
    expect(textOf(tree, `${BASE}/jobs-runner.yaml`)).toContain(
      'The source does not show how many jobs one pod runs',
    );
  });

  it('scales to zero, but not where a schedule needs a worker', async () => {
    const tree = treeWithApi();
    await generate(tree, { maxReplicas: 9 });
    expect(scaled(tree)).toMatchObject({ minReplicaCount: 0, maxReplicaCount: 9 });
    expect(textOf(tree, `${BASE}/jobs-runner.env`)).toContain('\nREPLICAS=9\n');

    addJob(tree, 'nightly', { contract: ", schedule: { cron: '0 3 * * *' }" });
    syncRegistries(tree);
    expect(scaled(tree)).toMatchObject({ minReplicaCount: 1, maxReplicaCount: 9 });
  });

  it('becomes one Deployment for each processor, if asked to, and one again', async () => {
    const tree = treeWithApi();
    await generate(tree, { split: 'jobs-runner' });
    expect(targets(tree, 'jobs-runner-email')).toEqual({ email: '1' });
    expect(textOf(tree, `${BASE}/jobs-runner-sms.env`)).toContain('\nJOBS_RUNNER_PROCESSORS=sms\n');
    expect(tree.exists(`${BASE}/jobs-runner.yaml`)).toBe(false);

    await generate(tree);
    expect(tree.exists(`${BASE}/jobs-runner-sms.yaml`)).toBe(true);
    await generate(tree, { split: 'none' });
    expect(
      tree
        .children(BASE)
        .filter((file) => file.startsWith('jobs-runner'))
        .sort(),
    ).toEqual(['jobs-runner.env', 'jobs-runner.yaml']);
  });

  it('changes nothing the second time, and after a formatter', async () => {
    const tree = treeWithApi();
    tree.write('.prettierrc', '{ "singleQuote": false, "printWidth": 60 }');
    await generate(tree);
    expect(syncRegistries(tree)?.outOfSyncDetails.join()).not.toContain(BASE);
    const file = `${BASE}/jobs-runner.yaml`;
    const written = textOf(tree, file);
    await generate(tree, { skipFormat: false });
    const formatted = textOf(tree, file);
    expect(formatted).not.toBe(written);

    await generate(tree);
    expect(syncRegistries(tree)).toBeUndefined();
    expect(textOf(tree, file)).toBe(formatted);
  });

  it('follows a new worker, and processors that are added, moved, renamed and removed', async () => {
    const tree = treeWithApi();
    await generate(tree, { split: 'jobs-runner' });
    await workerGenerator(tree, { name: 'media', skipFormat: true });
    addJob(tree, 'resize', { worker: 'jobs-runner' });
    expect(syncRegistries(tree)?.outOfSyncDetails).toEqual(
      expect.arrayContaining([
        `adds     ${BASE}/media.yaml`,
        `adds     ${BASE}/jobs-runner-resize.yaml`,
        `changes  ${BASE}/kustomization.yaml`,
      ]),
    );
    await moveGenerator(tree, { name: 'resize', to: 'media', skipFormat: true });
    const names = { name: 'sms', newName: 'text-message' };
    await renameGenerator(tree, { ...names, skipFormat: true }, noJobs);
    await removeGenerator(tree, { name: 'email', skipFormat: true }, noJobs);
    syncRegistries(tree);

    expect(targets(tree, 'media')).toEqual({ resize: '1' });
    expect(targets(tree, 'jobs-runner-text-message')).toEqual({ 'text-message': '1' });
    expect(
      tree
        .children(BASE)
        .filter((file) => file.startsWith('jobs-runner'))
        .sort(),
    ).toEqual(['jobs-runner-text-message.env', 'jobs-runner-text-message.yaml']);
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('overwrites no edit: not by nx sync, and by the generator only if it is told to', async () => {
    const tree = treeWithApi();
    await generate(tree);
    syncRegistries(tree);
    const file = `${BASE}/jobs-runner.yaml`;
    const edited = textOf(tree, file).replace('memory: 512Mi', 'memory: 1Gi');
    tree.write(file, edited);
    // As long as nothing has to change.
    expect(syncRegistries(tree)).toBeUndefined();

    addJob(tree, 'resize');
    expect(() => syncRegistries(tree)).toThrow(
      `These manifests have to follow the workspace, and were edited. Nothing was written. Move the edits to an overlay and undo them (git restore), or overwrite the files: nx g @tools/queue:kubernetes --force\n  ${file}`,
    );
    await expect(generate(tree)).rejects.toThrow('were edited');
    expect(textOf(tree, file)).toBe(edited);
    await generate(tree, { force: true });
    expect(textOf(tree, file)).toContain('name: resize');
    expect(textOf(tree, file)).not.toContain('1Gi');
  });

  it('leaves overlays to their owners, and files that are not its own', async () => {
    const tree = treeWithApi();
    const overlay = 'deploy/kubernetes/overlays/redis/kustomization.yaml';
    await generate(tree);
    tree.write(overlay, 'mine');
    tree.delete('deploy/kubernetes/overlays/postgres/kustomization.yaml');
    tree.write(`${BASE}/notes.md`, 'mine');

    await generate(tree, { force: true, namespace: 'shop' });
    expect([textOf(tree, overlay), textOf(tree, `${BASE}/notes.md`)]).toEqual(['mine', 'mine']);
    expect(tree.exists('deploy/kubernetes/overlays/postgres/kustomization.yaml')).toBe(false);
    expect(scaled(tree)?.triggers[0]?.metadata.url).toContain('api-metrics.shop.svc');
  });

  it('is found by nx sync in another folder as well', async () => {
    const tree = treeWithApi();
    await generate(tree, { directory: 'infra/k8s/' });
    addJob(tree, 'resize');
    expect(syncRegistries(tree)?.outOfSyncDetails).toContain(
      'changes  infra/k8s/base/jobs-runner.yaml',
    );
    await generate(tree, { namespace: 'shop' });
    expect(tree.exists(BASE)).toBe(false);
  });

  it.each([
    [{ api: 'frnt' }, /--api is "frnt", which is no project. Did you mean "front"\?/],
    [{ api: 'agreements' }, /The build of "agreements" does not say which port it serves/],
    [{ split: 'jobs' }, /"jobs" is not a worker/],
  ])('refuses %j in a sentence, and writes nothing', async (options, reason) => {
    const tree = treeWithApi();
    await expect(generate(tree, options)).rejects.toThrow(reason);
    expect(tree.exists('deploy')).toBe(false);
  });

  it('asks which application is meant, and refuses two objects of one name', async () => {
    const tree = treeWithApi(['jobs-runner', 'jobs-runner-sms']);
    await expect(generate(tree, { split: 'jobs-runner' })).rejects.toThrow(
      'Two of the manifests would be base/jobs-runner-sms.yaml.',
    );
    updateJson(tree, 'services/front/project.json', (json: object) => ({ ...json, targets: {} }));
    await expect(generate(tree)).rejects.toThrow('No application has an entry point migrate.ts');
    expect(tree.exists('deploy')).toBe(false);
  });
});
