import { join, posix } from 'node:path';
import type { Contract, Project, QueueWorkspace } from '../../workspace/index';
import { CONTRACT_SUFFIX, PluginError, TAGS } from '../../workspace/index';
import { chooseProject } from './choose-project';
import type { KnownJobs } from './known-jobs';
import type { Plan } from './plan';

/** Where the contract of a new job goes, and what one writes to import it. */
export interface ContractTarget {
  file: string;
  specifier: string;
  /** The file that must export the contract as well, if it is imported through one. */
  barrel?: string;
}

/**
 * A contract of this project cannot be imported by name: neither a wildcard path nor a barrel leads to it.
 *
 * To do: add one of the paths in the message to `compilerOptions.paths` of tsconfig.base.json.
 */
export class NoImportPathError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_IMPORT_PATH';

  constructor(project: Project) {
    const root = project.sourceRoot;
    super(
      `The contracts of "${project.name}" cannot be imported by name. Add one of these to ` +
        `"compilerOptions.paths" in tsconfig.base.json: "@scope/${project.name}/*": ["./${root}/*${CONTRACT_SUFFIX}"], ` +
        `or "@scope/${project.name}": ["./${root}/index.ts"].`,
    );
  }
}

/** Where the contract of a job is or goes: in the project that was named, or in the only one there is. */
export async function chooseContractTarget(
  workspace: QueueWorkspace,
  jobs: KnownJobs,
  { job, project: given }: { job: string; project: string | undefined },
): Promise<ContractTarget> {
  const existing = jobs.contractOf(job);
  const project = await chooseProject({
    role: 'contracts project',
    option: 'jobs',
    tag: TAGS.jobs,
    given: existing?.project ?? given,
    projects: workspace.contractProjects,
  });
  const target = contractTarget(workspace, project, jobs.contracts, job);
  if (!existing) return target;
  const specifier = workspace.imports.specifierFor(existing.file) ?? target.specifier;
  return { ...target, file: existing.file, specifier };
}

/** Plans the file of a new contract. */
export function createContract(files: Plan, { file }: ContractTarget, values: object): void {
  files.create(file, join(__dirname, 'files/contract'), values);
}

/** Plans the line of the barrel, if the contract is imported through one. */
export function exportContract(files: Plan, { file, barrel }: ContractTarget): void {
  if (barrel !== undefined) files.edit(barrel, (text) => withExport(barrel, text, file));
}

/** Beside the project's other contracts, and where an import path leads if one does. */
export function contractTarget(
  workspace: QueueWorkspace,
  project: Project,
  contracts: readonly Contract[],
  job: string,
): ContractTarget {
  const present = contracts
    .filter((contract) => contract.project === project.name)
    .map((contract) => posix.dirname(contract.file));
  const folders = [...new Set([...present, project.sourceRoot, `${project.sourceRoot}/lib`])];

  for (const folder of folders) {
    const file = `${folder}/${job}${CONTRACT_SUFFIX}`;
    const specifier = workspace.imports.specifierFor(file);
    if (specifier !== undefined) return { file, specifier };
  }

  const barrel = `${project.sourceRoot}/index.ts`;
  const specifier = workspace.imports.specifierFor(barrel);
  if (specifier === undefined || !workspace.files.exists(barrel)) {
    throw new NoImportPathError(project);
  }
  return {
    file: `${folders[0] ?? project.sourceRoot}/${job}${CONTRACT_SUFFIX}`,
    specifier,
    barrel,
  };
}

/** The barrel with one more line, in the style of its others; unchanged if it exports the file. */
export function withExport(barrel: string, text: string, file: string): string {
  const extension = /from '\.[^']*\.js'/.test(text) ? '.js' : '';
  const relative = posix.relative(posix.dirname(barrel), file).replace(/\.ts$/, '');
  const specifier = `./${relative}${extension}`;
  if (text.includes(`'${specifier}'`) || text.includes(`"${specifier}"`)) return text;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}export * from '${specifier}';\n`;
}
