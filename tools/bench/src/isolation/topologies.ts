import { ExperimentError } from '@tools/experiment';

/**
 * Where the processors run. Except for `worker`, they belong to the api process, whose sandboxes are child
 * processes or threads.
 */
export type Place = 'api' | 'own-data-source' | 'thread' | 'process' | 'worker';

export interface Topology {
  place: Place;
  /** Its name in tables and plots. */
  name: string;
}

export const TOPOLOGIES: readonly Topology[] = [
  { place: 'api', name: 'in the api process' },
  { place: 'own-data-source', name: 'in the api process, own data source' },
  { place: 'thread', name: 'sandboxed by thread' },
  { place: 'process', name: 'sandboxed by process' },
  { place: 'worker', name: 'standalone worker' },
];

/** What the jobs do during the requests. */
export type Work = 'idle' | 'block' | 'hold';

export interface WorkKind {
  work: Work;
  /** Its name in tables and plots. */
  name: string;
}

export const WORK: readonly WorkKind[] = [
  { work: 'idle', name: 'no jobs' },
  { work: 'block', name: 'jobs that block the CPU' },
  { work: 'hold', name: 'jobs that hold every connection' },
];

/** @throws ExperimentError for an unknown name */
export function selectTopologies(list: string): readonly Topology[] {
  if (list === 'all') return TOPOLOGIES;
  const places = list.split(',').map((place) => place.trim());
  const known = TOPOLOGIES.map(({ place }) => place);
  const unknown = places.find((place) => !known.includes(place as Place));
  if (unknown !== undefined) {
    throw new ExperimentError(
      `--only contains "${unknown}"; expected some of ${known.join(', ')}.`,
    );
  }
  return TOPOLOGIES.filter(({ place }) => places.includes(place));
}
