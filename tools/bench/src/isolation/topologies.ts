import { BenchError } from '@tools/experiment';

/**
 * Where the processors run. In all but the last they belong to the api process; a sandbox hangs off it
 * as a forked process or a thread.
 */
export type Place = 'api' | 'own-data-source' | 'thread' | 'process' | 'worker';

export interface Topology {
  place: Place;
  /** As tables and plots name it. */
  name: string;
}

export const TOPOLOGIES: readonly Topology[] = [
  { place: 'api', name: 'in the api process' },
  { place: 'own-data-source', name: 'in the api process, own data source' },
  { place: 'thread', name: 'sandboxed by thread' },
  { place: 'process', name: 'sandboxed by process' },
  { place: 'worker', name: 'standalone worker' },
];

/** What the jobs do while the api is asked. */
export type Work = 'idle' | 'block' | 'hold';

export interface WorkKind {
  work: Work;
  /** As tables and plots name it. */
  name: string;
}

export const WORK: readonly WorkKind[] = [
  { work: 'idle', name: 'no jobs' },
  { work: 'block', name: 'jobs that block the CPU' },
  { work: 'hold', name: 'jobs that hold every connection' },
];

/** @throws BenchError for a name that is not known */
export function selectTopologies(list: string): readonly Topology[] {
  if (list === 'all') return TOPOLOGIES;
  const places = list.split(',').map((place) => place.trim());
  const known = TOPOLOGIES.map(({ place }) => place);
  const unknown = places.find((place) => !known.includes(place as Place));
  if (unknown !== undefined) {
    throw new BenchError(`--only has "${unknown}"; expected some of ${known.join(', ')}.`);
  }
  return TOPOLOGIES.filter(({ place }) => places.includes(place));
}
