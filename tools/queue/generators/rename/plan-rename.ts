import type { Tree } from '@nx/devkit';
import {
  PLUGIN_NAME,
  PluginError,
  type QueueWorkspace,
  registryPath,
  withExternalJob,
  withoutExternalJob,
  packageManager,
} from '../../workspace/index';
import { findJob, type JobFiles } from '../plan/job-files';
import { mentionsOf } from '../plan/job-mentions';
import { jobNames, namesOfJob } from '../plan/job-name';
import type { QueueCounts } from '../../command/queue-counts';
import { QueueStoreSilentError } from '../../command/store-command';
import type { Terminal } from '../plan/choose-job';
import { askForJobs, askStore, type StoreCheck, storeObstacles } from '../plan/jobs-in-store';
import { askToMoveJobs } from './ask-to-move-jobs';
import { KnownJobs } from '../plan/known-jobs';
import { type MovePlan, planMove } from '../plan/moved-files';
import { findSelections, selectionEdits, variableOf } from '../plan/processor-variables';
import { JobInUseError, type Obstacle, placesOf } from '../plan/standing-in-the-way';
import type { TextEdit } from '../plan/text-edits';
import type { RenameOptions } from './rename-options';
import { renamedFiles } from './renamed-files';
import { renamedSymbols } from './renamed-symbols';
import { commentEdits, nameEdits } from './renamed-texts';

/** Everything that is decided before the first file is written. */
export interface Renaming {
  job: string;
  next: string;
  files: MovePlan;
  /** Of nx.json, if it lists the job. */
  nxJson: string | undefined;
  /** Whether jobs are to be moved to the queue of the new name, once the files are written. */
  movesJobs: boolean;
  /** What breaks or is lost, because of `--force`. */
  lost: readonly Obstacle[];
  /** Lines that have the old name as a string. */
  mentions: readonly string[];
}

/**
 * A job cannot be renamed, because its new name is that of another job or its own.
 *
 * To do: choose another name.
 */
export class JobNameTakenError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_NAME_TAKEN';
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planRename(
  tree: Tree,
  workspace: QueueWorkspace,
  roots: readonly string[],
  {
    name,
    newName,
    moveJobs,
    force = false,
  }: Required<Pick<RenameOptions, 'name' | 'newName'>> & RenameOptions,
  check: StoreCheck = askStore,
  terminal?: Terminal,
): Promise<Renaming> {
  const found = findJob(workspace, name);
  const { job, contract, processor } = found;
  const after = jobNames(newName);
  const next = after.job;
  requireFree(workspace, job, next);

  const moves = renamedFiles(found, next);
  const files = planMove(workspace, roots, moves);
  const symbols = renamedSymbols(workspace, roots, found, [namesOfJob(job), after]);
  const own = [contract.file, ...(processor?.files ?? [])];
  const selected = findSelections(
    workspace.files,
    workspace.workers.map((worker) => variableOf(worker, workspace.files)),
  );
  refuseOverwriting(workspace, job, [...moves.values()]);
  const lost = obstaclesOf(found, files, symbols.clashes);
  // Last, because it takes a second.
  const inStore = await askForJobs(tree, contract, check);
  const movesJobs = isMovable(inStore) && (await isWanted(inStore));
  if (!movesJobs) lost.push(...storeObstacles(job, inStore, howToMove(job, next, inStore)));
  if (lost.length > 0 && !force) {
    throw new JobInUseError(
      `Job "${job}" cannot be renamed to "${next}".`,
      lost,
      `Pass --force to rename it anyway: its jobs stay in the queue "${job}", where nothing processes them.`,
    );
  }
  async function isWanted(counts: QueueCounts): Promise<boolean> {
    if (moveJobs !== undefined) return moveJobs;
    return lost.length === 0 && !force && (await askToMoveJobs(counts, [job, next], terminal));
  }

  const edits = merged(
    files.edits,
    symbols.edits,
    new Map([[contract.file, nameEdits(workspace.files, contract, next)]]),
    commentEdits(workspace.files, own, job, next),
    selectionEdits(selected, ({ jobs }) => jobs.map((other) => (other === job ? next : other))),
  );
  const ignored = new Set([...own, ...workspace.workers.map(registryPath)]);
  const nxJson = workspace.files.read('nx.json', 'utf-8') ?? '';
  return {
    job,
    next,
    files: { ...files, edits },
    nxJson: found.isExternal ? withoutExternalJob(withExternalJob(nxJson, next), job) : undefined,
    movesJobs,
    lost,
    mentions: mentionsOf(tree, job, ignored),
  };
}

/** Whether a store has jobs of the old name, and all of them can have the new one. */
function isMovable(found: QueueCounts | QueueStoreSilentError): found is QueueCounts {
  if (found instanceof QueueStoreSilentError) return false;
  const { waiting, due, delayed, failed, running, waitingForChildren } = found;
  return waiting + due + delayed + failed > 0 && running + waitingForChildren === 0;
}

function howToMove(
  job: string,
  next: string,
  found: QueueCounts | QueueStoreSilentError,
): readonly string[] {
  if (!isMovable(found)) return [];
  return [
    `${packageManager().exec} nx g ${PLUGIN_NAME}:rename ${job} ${next} --moveJobs  moves them to the queue "${next}" once the files are renamed`,
  ];
}

function requireFree(workspace: QueueWorkspace, job: string, next: string): void {
  const jobs = new KnownJobs(workspace);
  const existing = jobs.contractOf(next);
  if (existing) {
    throw new JobNameTakenError(
      next === job
        ? `The job is named "${job}" already. Nothing was written.`
        : `"${job}" cannot become "${next}": there is such a job (${existing.file}). Nothing was written.`,
    );
  }
  jobs.refuseSimilar(next, job);
}

/** Also with `--force`: it loses no file. */
function refuseOverwriting({ files }: QueueWorkspace, job: string, targets: string[]): void {
  const existing = targets.filter((file) => files.exists(file));
  if (existing.length === 0) return;
  throw new JobInUseError(
    `The files of "${job}" would overwrite others.`,
    [{ reason: 'These exist:', places: existing }],
    'Delete or rename them first.',
  );
}

function obstaclesOf({ isExternal }: JobFiles, { lost }: MovePlan, clashes: string[]): Obstacle[] {
  const obstacles = [
    {
      reason:
        'No import path leads to the new file. Change these lines, or add a path to tsconfig.base.json:',
      places: placesOf(lost),
    },
    {
      reason: 'These files have the new name for something else. Rename that first:',
      places: clashes,
    },
  ].filter(({ places }) => places.length > 0);
  return isExternal ? [...obstacles, { reason: EXTERNAL, places: [] }] : obstacles;
}

const EXTERNAL =
  'Another workspace processes it, from the queue of the old name (externalJobs in nx.json). Rename it there first.';

function merged(
  ...all: ReadonlyMap<string, readonly TextEdit[]>[]
): ReadonlyMap<string, readonly TextEdit[]> {
  const edits = new Map<string, TextEdit[]>();
  for (const [file, changes] of all.flatMap((each) => [...each])) {
    edits.set(file, [...(edits.get(file) ?? []), ...changes]);
  }
  return edits;
}
