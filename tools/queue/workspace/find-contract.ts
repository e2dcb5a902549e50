import type { Contract } from './contracts';
import { exportedNames, reExports } from './module-exports';
import { type ImportedName, importedNames, parseSource } from './parse-source';
import type { QueueWorkspace } from './queue-workspace';

/** Through how many files a contract is followed to its own. */
const MOST_STEPS = 10;

/**
 * The contract that a file imports: from its own file, or through others that pass it on, under whatever name.
 */
export function findImportedContract(
  workspace: QueueWorkspace,
  contracts: readonly Contract[],
  importer: string,
  { specifier, imported }: ImportedName,
  steps = MOST_STEPS,
): Contract | undefined {
  const file = workspace.imports.fileFor(specifier, importer);
  if (file === undefined || steps === 0) return undefined;
  const own = contracts.find(
    (contract) =>
      contract.file === file && [contract.constant, ...contract.aliases].includes(imported),
  );
  if (own) return own;
  const source = parseSource(file, workspace.files.read(file, 'utf-8') ?? '');
  const follow = (next: ImportedName) =>
    findImportedContract(workspace, contracts, file, next, steps - 1);

  const named = reExports(source).find(({ exported }) => exported === imported);
  if (named) return follow(named);
  // `import { emailJob } from './email.job'; export { emailJob as mailJob };`
  const names = importedNames(source);
  for (const [local, exported] of exportedNames(source)) {
    const origin = names.get(local);
    if (origin && exported.includes(imported)) return follow(origin);
  }
  for (const { specifier: other, imported: all } of reExports(source)) {
    const contract = all === '*' ? follow({ specifier: other, imported }) : undefined;
    if (contract) return contract;
  }
  return undefined;
}
