import { join } from 'node:path';
import {
  type Project,
  type QueueWorkspace,
  sandboxPath,
  TAGS,
  packageManager,
  PLUGIN_NAME,
} from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { chooseProject } from '../plan/choose-project';
import { findJob, type OwnProcessor } from '../plan/job-files';
import { type MovePlan, planMove } from '../plan/moved-files';
import { Plan } from '../plan/plan';
import {
  findSelections,
  type Selection,
  selectionEdits,
  variableOf,
  withName,
} from '../plan/processor-variables';
import {
  JobInUseError,
  type Obstacle,
  placesOf,
  selectionPlaces,
} from '../plan/standing-in-the-way';
import type { TextEdit } from '../plan/text-edits';
import { NothingToMoveError } from './nothing-to-move.error';
import type { MoveOptions } from './move-options';

/** Everything that is decided before the first file is written. */
export interface ProcessorMove {
  job: string;
  from: Project;
  to: Project;
  files: MovePlan;
  /** What else is written: a file for sandboxes. */
  added: Plan;
  /** Of files that select processors. */
  selections: ReadonlyMap<string, readonly TextEdit[]>;
  /** What was in the way, and is left as it is because of `--force`. */
  left: readonly Obstacle[];
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planProcessorMove(
  workspace: QueueWorkspace,
  roots: readonly string[],
  { name, to, force = false }: MoveOptions & { name: string },
  terminal?: Terminal,
): Promise<ProcessorMove> {
  const { job, processor } = findJob(workspace, name);
  if (!processor) {
    throw new NothingToMoveError(
      `Job "${job}" has no processor in this workspace. Nothing was written.`,
    );
  }
  const from = processor.project;
  const target = await chooseTarget(workspace, from, to, terminal);
  const moves = new Map(
    processor.files.map((file) => [file, target.sourceRoot + file.slice(from.sourceRoot.length)]),
  );
  const files = planMove(workspace, roots, moves, counterpartsOf(workspace, from, target));
  const added = planSandbox(workspace, processor, target);
  const selected = findSelections(workspace.files, [
    variableOf(from, workspace.files),
    variableOf(target, workspace.files),
  ]);
  const ofSource = selected.filter(
    ({ variable }) => variable === variableOf(from, workspace.files),
  );
  const alone = ofSource.filter(({ jobs }) => jobs.join() === job);
  refuseOverwriting(workspace, job, [...moves.values()]);
  const obstacles = obstaclesOf(files, alone, { workspace, from, target });
  if (obstacles.length > 0 && !force) {
    throw new JobInUseError(
      `The processor of "${job}" cannot move from "${from.name}" to "${target.name}".`,
      obstacles,
      'Change these, or pass --force to move it anyway and mend them afterwards.',
    );
  }
  // A job that no process has run is not run by the move.
  const isRun = ofSource.length === 0 || ofSource.some(({ jobs }) => jobs.includes(job));
  const selections = selectionEdits(selected, (each) => {
    if (!ofSource.includes(each)) return isRun ? withName(each.jobs, job) : each.jobs;
    return alone.includes(each) ? each.jobs : each.jobs.filter((other) => other !== job);
  });
  return { job, from, to: target, files, added, selections, left: obstacles };
}

/** Also with `--force`: it breaks what can be mended, and loses nothing. */
function refuseOverwriting({ files }: QueueWorkspace, job: string, targets: string[]): void {
  const existing = targets.filter((file) => files.exists(file));
  if (existing.length === 0) return;
  throw new JobInUseError(
    `The processor of "${job}" would overwrite files.`,
    [{ reason: 'These exist:', places: existing }],
    'Delete or rename them first.',
  );
}

/** What every worker has for itself: its tests read `../../worker` of the worker that they are in. */
function counterpartsOf(
  { files }: QueueWorkspace,
  from: Project,
  to: Project,
): Map<string, string> {
  const parts = ['main.ts', 'processors.generated.ts', 'sandbox.ts', 'worker.ts']
    .map((name) => [`${from.sourceRoot}/${name}`, `${to.sourceRoot}/${name}`] as const)
    .filter(([, part]) => files.isFile(part));
  return new Map(parts);
}

/** The only other worker, or the one that was named. */
async function chooseTarget(
  { workers }: QueueWorkspace,
  from: Project,
  given: string | undefined,
  terminal?: Terminal,
): Promise<Project> {
  if (given === from.name) {
    throw new NothingToMoveError(
      `The processor is in the worker "${from.name}" already. Nothing was written.`,
    );
  }
  const projects = workers.filter((worker) => worker.name !== from.name);
  if (projects.length === 0 && given === undefined) {
    throw new NothingToMoveError(
      `This workspace has no other worker than "${from.name}". Nothing was written. Add one: ${packageManager().exec} nx g ${PLUGIN_NAME}:worker media`,
    );
  }
  return chooseProject({
    role: 'worker',
    option: 'to',
    tag: TAGS.worker,
    given,
    projects,
    terminal,
  });
}

function obstaclesOf(
  { moves, across }: MovePlan,
  alone: readonly Selection[],
  { workspace, from, target }: { workspace: QueueWorkspace; from: Project; target: Project },
): Obstacle[] {
  const inward = across.filter(({ from: file }) => !moves.has(file));
  // Another project is imported by its name, from wherever.
  const outward = across.filter(
    ({ from: file, specifier }) => moves.has(file) && specifier.startsWith('.'),
  );
  return [
    {
      reason: `These files stay in "${from.name}" and use files that move. What both need belongs in a library:`,
      places: placesOf(inward),
    },
    {
      reason: `These lines use files of "${from.name}" that stay. Move these files to a library, or into the folder of the processor:`,
      places: outward.map(({ from: file, line, to }) => `${file}:${line}  ${to}`),
    },
    {
      reason:
        `These processes run only this job, as "${from.name}". Make them run "${target.name}" ` +
        `(${variableOf(target, workspace.files)}); an empty list would mean all jobs:`,
      places: selectionPlaces(alone),
    },
  ].filter(({ places }) => places.length > 0);
}

function planSandbox(workspace: QueueWorkspace, { classes }: OwnProcessor, target: Project): Plan {
  const added = new Plan(workspace);
  const sandbox = sandboxPath(target);
  if (classes[0]?.isolation !== undefined && !workspace.files.exists(sandbox)) {
    added.create(sandbox, join(__dirname, '../processor/files/sandbox'), {});
  }
  return added;
}
