import { choiceFlag, countFlag, type FlagValues, textFlag } from '@tools/experiment';

export const CHAOS_FLAGS = {
  seed: countFlag('selects the faults and what producers do', 42),
  jobs: countFlag('transactions that producers begin; some add several jobs', 10_000),
  kills: countFlag('faults of all kinds', 50),
  store: choiceFlag('the store of the queues', ['postgres', 'redis', 'cluster', 'sentinel']),
  replicas: countFlag(
    'replicas of a cluster or behind sentinels that must have a job; with 0, a failover may lose jobs',
    1,
    0,
  ),
  isolation: choiceFlag('where workers run jobs', ['none', 'process', 'thread']),
  effects: choiceFlag(
    'what makes an effect happen once: a row beside it, or one commit with the end of its job (postgres, not isolated)',
    ['marked', 'commit'],
  ),
  workers: countFlag('processes that run jobs', 3),
  producers: countFlag('processes that add jobs', 3),
  gap: countFlag('average time between two faults, in milliseconds', 1_200),
  settle: countFlag('time for the queue to drain after the last fault, in seconds', 300),
  output: textFlag('folder of the event log and the result', 'dist/chaos'),
};

export type ChaosOptions = FlagValues<typeof CHAOS_FLAGS>;

/** Names the files of a run: `postgres-42`, `postgres-process-42`. */
export function runName({ seed, store, isolation, effects }: ChaosOptions): string {
  const modes = [
    ...(isolation === 'none' ? [] : [isolation]),
    ...(effects === 'marked' ? [] : [effects]),
  ];
  return [store, ...modes, seed].join('-');
}
