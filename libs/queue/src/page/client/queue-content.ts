import type { Failures, JobList, ListedState, Overview } from '../page-data';
import type { Filter } from './route';

/** What the view of a queue shows. */
export interface QueueContent {
  readonly overview: Overview;
  readonly queue: string;
  readonly state: ListedState;
  readonly filter: Filter;
  readonly jobs: JobList | undefined;
  readonly failures: Failures | undefined;
  readonly canAct: boolean;
}
