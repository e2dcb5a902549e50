import { join, posix } from 'node:path';
import type { QueueWorkspace, SourceFiles } from '../../workspace/index';
import { JsonText } from '../plan/json-edits';
import type { Plan } from '../plan/plan';
import { listSources } from '../plan/source-list';
import { importsFrom, withModuleImport } from './add-to-module';
import type { NestApp } from '../plan/nest-apps';
import type { ContractsLibrary } from './plan-contracts';
import { packageManager } from '../../workspace/package-manager';

/** What became of the root module of an application. */
export interface ApiOutcome {
  /** The queues were added, were there already, or have to be added by a person. */
  kind: 'added' | 'present' | 'by-hand';
  /** Of the module that imports the queues; undefined if it was not found. */
  file: string | undefined;
  /** The entry in its `imports`. */
  expression: string;
  /** The file that exports what the entry needs, if a person has to add it. */
  store: string | undefined;
  hasChanged: boolean;
}

const SPEC = /\.(?:spec|test)\.[cm]?[jt]sx?$/;

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
  const outcome = (kind: ApiOutcome['kind'], file: string | undefined): ApiOutcome => ({
    kind,
    file,
    expression: EXPRESSION,
    store: undefined,
    hasChanged: kind === 'added',
  });
  const text = moduleFile === undefined ? '' : (sources.read(moduleFile, 'utf-8') ?? '');
  if (moduleFile !== undefined && importsFrom(moduleFile, text, runtime.producer)) {
    return outcome('present', moduleFile);
  }
  const elsewhere = connectedIn(sources, app.root, runtime.producer);
  if (elsewhere !== undefined) return outcome('present', elsewhere);
  const added =
    moduleFile &&
    withModuleImport(moduleFile, text, moduleClass, {
      expression: EXPRESSION,
      from: { [runtime.producer]: 'QueueModule', [storeImport(text)]: 'queueStore' },
    });
  // Beside the program, if no one knows where the module is.
  const store = posix.join(posix.dirname(moduleFile ?? app.main), 'queue-store.ts');
  const isThere = sources.exists(store);
  if (!isThere) {
    files.create(store, join(__dirname, 'files/store'), {
      name,
      exec: packageManager().exec,
    });
  }
  planDependency(files, sources, app.root, contracts);
  if (moduleFile === undefined || added === undefined) {
    return { ...outcome('by-hand', moduleFile), store, hasChanged: !isThere };
  }
  files.edit(moduleFile, () => added);
  return outcome('added', moduleFile);
}

/** The file of an application that connects it to its queues, such as a module of its own for them. */
function connectedIn(sources: SourceFiles, root: string, runtime: string): string | undefined {
  return listSources(sources, [root], ['QueueModule.forRoot']).find(
    (file) => !SPEC.test(file) && importsFrom(file, sources.read(file, 'utf-8') ?? '', runtime),
  );
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
