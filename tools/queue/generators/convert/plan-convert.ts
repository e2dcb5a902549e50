import { join } from 'node:path';
import { getProjects, type Tree } from '@nx/devkit';
import { type Project, type QueueWorkspace, TAGS } from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { chooseProject } from '../plan/choose-project';
import { chooseContractTarget, type ContractTarget, exportContract } from '../plan/contract-target';
import { type JobNames, jobNames } from '../plan/job-name';
import { KnownJobs } from '../plan/known-jobs';
import { Plan } from '../plan/plan';
import { listSources } from '../plan/source-list';
import { chooseQueue } from './choose-queue';
import { contractOfQueue } from './contract-of-queue';
import type { ConvertOptions } from './convert-options';
import { Declarations } from './declarations';
import { newProcessor } from './new-processor';
import { type Note, type OldQueue, PACKAGE, readQueues } from './read-queues';

const BULL_IMPORTS = ["'@nestjs/bull'", '"@nestjs/bull"'];

export interface Conversion {
  queue: OldQueue;
  names: JobNames;
  worker: Project;
  contract: ContractTarget;
  /** Undefined: the queue has no processor in this workspace. */
  processor: string | undefined;
  hasNames: boolean;
  /** What is left to a person. */
  notes: Note[];
  files: Plan;
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planConversion(
  tree: Tree,
  workspace: QueueWorkspace,
  options: ConvertOptions,
  terminal?: Terminal,
): Promise<Conversion> {
  const declarations = new Declarations(workspace);
  const roots = [...getProjects(tree).values()].map(({ root }) => root);
  const sources = listSources(workspace.files, roots, [PACKAGE]);
  const found = readQueues(sources, declarations);
  const usesBull = () => listSources(workspace.files, roots, BULL_IMPORTS).length > 0;
  const queue = await chooseQueue(found.queues, options.queue, {
    usesBull: found.queues.length === 0 && usesBull(),
    terminal,
  });
  const names = jobNames(queue.name);
  const { job } = names;
  const worker = await chooseProject({
    role: 'worker',
    option: 'worker',
    tag: TAGS.worker,
    given: options.worker,
    projects: workspace.workers,
    terminal,
  });
  const jobs = new KnownJobs(workspace);
  jobs.refuseSimilar(job);
  const processor = `${worker.sourceRoot}/processors/${job}/${job}.processor.ts`;
  jobs.refuseTaken(job, processor);
  const contract = await chooseContractTarget(workspace, jobs, { job, project: options.jobs });

  const files = new Plan(workspace);
  const written = contractOfQueue(queue, job, declarations);
  files.create(contract.file, join(__dirname, 'files/contract'), {
    ...names,
    ...written,
    queue: queue.name,
  });
  exportContract(files, contract);
  const [old, ...others] = queue.processors;
  const converted =
    old &&
    newProcessor(
      old,
      {
        names,
        file: processor,
        contract: contract.specifier,
        runtime: workspace.runtime,
        hasNames: written.hasNames,
        jobNames: written.data.map(({ name }) => name),
      },
      declarations,
    );
  if (converted) {
    files.createBy(processor, (to) => {
      to.write(processor, converted.text);
    });
  }
  files.refuseOverwriting(job, jobs.contractOf(job) !== undefined);
  const ignored = others.map(({ file, node }): Note => ({
    file,
    line: node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1,
    text: 'A second processor of this queue: a queue has one here. Bring both together.',
  }));
  return {
    queue,
    names,
    worker,
    contract,
    processor: converted && processor,
    hasNames: written.hasNames,
    notes: [
      ...written.notes,
      ...(converted?.notes ?? []),
      ...ignored,
      ...queue.notes,
      ...found.notes,
    ].sort((a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line),
    files,
  };
}
