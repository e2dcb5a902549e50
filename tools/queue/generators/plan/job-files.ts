import { posix } from 'node:path';
import {
  type Contract,
  externalJobs,
  findContract,
  findFiles,
  listContracts,
  listProcessors,
  type Processor,
  type Project,
  type QueueWorkspace,
} from '../../workspace/index';

/** The processor of a job, and what belongs to it alone. */
export interface OwnProcessor extends Processor {
  project: Project;
  /** The folder that is its own; undefined if it shares it. */
  folder: string | undefined;
  /** All of its files: those of its folder, or in a shared one those that are named like it. */
  files: string[];
}

/** What a workspace has of one job. */
export interface JobFiles {
  job: string;
  contract: Contract;
  /** Undefined: none of this workspace. */
  processor: OwnProcessor | undefined;
  /** Whether nx.json says that another workspace processes it. */
  isExternal: boolean;
}

/**
 * What the workspace has of the job by this name.
 *
 * @throws UnknownJobError which suggests a similar name
 */
export function findJob(workspace: QueueWorkspace, job: string): JobFiles {
  const contract = findContract(workspace, job);
  const contracts = listContracts(workspace);
  const [processor] = workspace.workers.flatMap((project) =>
    listProcessors(workspace, project, contracts)
      .filter((each) => each.contract?.file === contract.file)
      .map((each) => ({ ...each, project })),
  );
  return {
    job,
    contract,
    processor: processor && { ...processor, ...ownFiles(workspace, processor) },
    isExternal: externalJobs(workspace.files).has(job),
  };
}

function ownFiles(
  { files }: QueueWorkspace,
  { file, project }: Processor & { project: Project },
): Pick<OwnProcessor, 'folder' | 'files'> {
  const folder = posix.dirname(file);
  const all = findFiles(files, folder, '');
  const isShared =
    [project.sourceRoot, `${project.sourceRoot}/processors`].includes(folder) ||
    all.some((other) => other !== file && /\.processor\.tsx?$/.test(other));
  if (!isShared) return { folder, files: all };
  const stem = file.replace(/\.processor\.tsx?$/, '');
  return { folder: undefined, files: all.filter((other) => other.startsWith(`${stem}.`)) };
}
