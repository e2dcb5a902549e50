import { join, posix } from 'node:path';
import type { QueueWorkspace, SourceFiles } from '../../workspace/index';
import { JsonText } from '../plan/json-edits';
import type { Plan } from '../plan/plan';
import { importsFrom, withModuleImport } from './add-to-module';
import type { NestApp } from '../plan/nest-apps';
import type { ContractsLibrary } from './plan-contracts';
import { packageManager } from '../../workspace/package-manager';

/** What became of the root module of an application. */
export interface ApiOutcome {
  /** The queues were added, were there already, or have to be added by a person. */
  kind: 'added' | 'present' | 'by-hand';
  /** Of the root module; undefined if it was not found. */
  file: string | undefined;
  /** The entry in its `imports`. */
  expression: string;
}

const EXPRESSION = 'QueueModule.forRootAsync({ useFactory: queueStore })';

/** Plans the import of the queues in the root module of an application, and the file that says where they are. */
export function planApi(
  files: Plan,
  workspace: QueueWorkspace,
  app: NestApp,
  contracts: ContractsLibrary | undefined,
): ApiOutcome {
  const { files: sources, runtime } = workspace;
  const { name, moduleFile, moduleClass = '' } = app;
  const outcome = (kind: ApiOutcome['kind']): ApiOutcome => ({
    kind,
    file: moduleFile,
    expression: EXPRESSION,
  });
  if (moduleFile === undefined) return outcome('by-hand');
  const text = sources.read(moduleFile, 'utf-8') ?? '';
  if (importsFrom(moduleFile, text, runtime.producer)) return outcome('present');
  const added = withModuleImport(moduleFile, text, moduleClass, {
    expression: EXPRESSION,
    from: { [runtime.producer]: 'QueueModule', [storeImport(text)]: 'queueStore' },
  });
  if (added === undefined) return outcome('by-hand');
  const store = posix.join(posix.dirname(moduleFile), 'queue-store.ts');
  if (!sources.exists(store)) {
    files.create(store, join(__dirname, 'files/store'), {
      name,
      exec: packageManager().exec,
    });
  }
  files.edit(moduleFile, () => added);
  planDependency(files, sources, app.root, contracts);
  return outcome('added');
}

/** Where the contracts are a package, an application with a package.json of its own lists them, and its program refers to theirs. */
function planDependency(
  files: Plan,
  sources: SourceFiles,
  root: string,
  contracts: ContractsLibrary | undefined,
): void {
  const manifest = posix.join(root, 'package.json');
  if (!contracts?.isPackage || !sources.isFile(manifest)) return;
  files.edit(manifest, (text) => {
    const json = new JsonText(text);
    const range = packageManager().workspaceRange;
    json.setDefault(['dependencies', contracts.specifier], range);
    return json.text;
  });
  const program = posix.join(root, 'tsconfig.app.json');
  if (!sources.isFile(program)) return;
  files.edit(program, (text) => {
    const json = new JsonText(text);
    const path = `${posix.relative(root, contracts.root)}/tsconfig.lib.json`;
    json.append(['references'], { path });
    return json.text;
  });
}

/** As the file writes its other relative imports. */
function storeImport(text: string): string {
  return `./queue-store${/from ['"]\.[^'"]*\.js['"]/.test(text) ? '.js' : ''}`;
}
