import {
  addAtRate,
  Latencies,
  type LatencySettings,
  runLatencyProgram,
  type Stamp,
} from './latency-program';

/* graphile-worker without a preset, which keeps nothing back. */

/** The part of graphile-worker that is used. It is not a package of this workspace. */
interface GraphileWorker {
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    addJob(task: string, data: object): Promise<unknown>;
    release(): Promise<void>;
  }>;
  run(options: object): Promise<unknown>;
  Logger: new (factory: () => () => void) => object;
}

/** Not a literal, because the compiler cannot resolve it: the benchmark installs it at run time. */
const PACKAGE: string = 'graphile-worker';

async function load({ url }: LatencySettings): Promise<[GraphileWorker, object]> {
  const graphile = (await import(PACKAGE)) as GraphileWorker;
  const logger = new graphile.Logger(() => () => undefined);
  return [graphile, { connectionString: url, maxPoolSize: 10, logger }];
}

async function work(settings: LatencySettings): Promise<unknown> {
  const [graphile, options] = await load(settings);
  const latencies = new Latencies();
  const task = (stamp: Stamp) => {
    latencies.begin(stamp);
  };
  const { concurrency, queue } = settings;
  return graphile.run({ ...options, concurrency, taskList: { [queue]: task } });
}

async function produce(settings: LatencySettings): Promise<void> {
  const [graphile, options] = await load(settings);
  const utils = await graphile.makeWorkerUtils(options);
  await utils.migrate();
  await addAtRate(settings, (stamp) => utils.addJob(settings.queue, stamp));
  await utils.release();
}

runLatencyProgram({ worker: work, producer: produce });
