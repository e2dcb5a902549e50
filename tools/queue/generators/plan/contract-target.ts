import { posix } from 'node:path';
import type { Contract, Project, QueueWorkspace } from '../../workspace/index';
import { CONTRACT_SUFFIX, PluginError } from '../../workspace/index';

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
