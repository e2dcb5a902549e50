import type { Tree } from '@nx/devkit';
import { type QueueWorkspace, PluginError, registryPath } from '../../workspace/index';
import { findJob, type JobFiles } from '../plan/job-files';
import { mentionsOf } from '../plan/job-mentions';
import { usesOf } from '../plan/job-uses';
import { askForJobs, askStore, type StoreCheck, storeObstacles } from '../plan/jobs-in-store';
import {
  findSelections,
  type Selection,
  selectionEdits,
  variableOf,
} from '../plan/processor-variables';
import {
  JobInUseError,
  type Obstacle,
  placesOf,
  selectionPlaces,
} from '../plan/standing-in-the-way';
import type { TextEdit } from '../plan/text-edits';
import type { RemoveOptions } from './remove-options';

/** Everything that is decided before the first file is deleted. */
export interface Removal {
  job: string;
  /** All files that are deleted. */
  deleted: readonly string[];
  edits: ReadonlyMap<string, readonly TextEdit[]>;
  /** Whether nx.json lists the job among those of other workspaces afterwards. */
  isExternal: boolean;
  /** What breaks or is lost, because of `--force`. */
  lost: readonly Obstacle[];
  /** Lines that have the name of the job as a string. */
  mentions: readonly string[];
}

/**
 * `--keepContract` is passed for a job that has no processor in this workspace.
 *
 * To do: leave the option out to remove the contract.
 */
export class NoProcessorError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_PROCESSOR';

  constructor(job: string) {
    super(
      `Job "${job}" has no processor in this workspace. Nothing was written. Leave out --keepContract to remove its contract.`,
    );
  }
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planRemoval(
  tree: Tree,
  workspace: QueueWorkspace,
  roots: readonly string[],
  { name, keepContract = false, force = false }: RemoveOptions & { name: string },
  check: StoreCheck = askStore,
): Promise<Removal> {
  const found = findJob(workspace, name);
  const { job, contract } = found;
  if (keepContract && !found.processor) throw new NoProcessorError(job);
  const deleted = filesOf(found, keepContract);
  const { users, passedOn } = usesOf(workspace, roots, deleted);
  const selected = findSelections(
    workspace.files,
    workspace.workers.map((worker) => variableOf(worker, workspace.files)),
  );
  const alone = selected.filter(({ jobs }) => jobs.join() === job);
  const lost = obstaclesOf(placesOf(users), alone);
  // Jobs that another workspace will process are not lost. Last, because it takes a second.
  if (!keepContract) lost.push(...storeObstacles(job, await askForJobs(tree, contract, check)));
  if (lost.length > 0 && !force) {
    throw new JobInUseError(
      `Job "${job}" cannot be removed.`,
      lost,
      'Pass --force to remove it anyway: what uses it breaks, and its jobs stay in the store, where nothing processes them.',
    );
  }
  const selections = selectionEdits(selected, (selection) =>
    alone.includes(selection) ? selection.jobs : selection.jobs.filter((other) => other !== job),
  );
  const ignored = new Set([...deleted, contract.file, ...workspace.workers.map(registryPath)]);
  return {
    job,
    deleted,
    edits: new Map([...passedOn, ...selections]),
    isExternal: keepContract,
    lost,
    mentions: mentionsOf(tree, job, ignored),
  };
}

function filesOf({ contract, processor }: JobFiles, keepContract: boolean): string[] {
  return [...(keepContract ? [] : [contract.file]), ...(processor?.files ?? [])];
}

function obstaclesOf(users: readonly string[], alone: readonly Selection[]): Obstacle[] {
  return [
    { reason: 'These lines use it. Change or delete them:', places: users },
    {
      reason:
        'These processes run only this job. Remove them, or select other jobs: an empty list would mean all jobs:',
      places: selectionPlaces(alone),
    },
  ].filter(({ places }) => places.length > 0);
}
