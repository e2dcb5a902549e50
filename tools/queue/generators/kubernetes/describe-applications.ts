import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../command/run-program';
import { PluginError, type QueueWorkspace } from '../../workspace/index';
import type { DescribedApplications } from './settings';

/**
 * The configuration of the api or of the workers cannot be read.
 *
 * To do: fix what is printed above the message.
 */
export class DescribeApplicationsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_DESCRIBE_APPLICATIONS';

  constructor(files: readonly string[]) {
    super(
      `The configuration of the applications (${files.join(', ')}) could not be loaded; the reasons are printed above. Nothing was written.`,
    );
  }
}

/** The files that say what the applications can be configured with. */
export interface ConfigFiles {
  /** Exports one schema of zod. */
  readonly api: string;
  /** Exports `workerConfig` and `describeConfig`. */
  readonly worker: string;
}

/**
 * Runs the configuration's own code in a process of its own: it is TypeScript with the import paths of the workspace.
 *
 * @throws DescribeApplicationsError
 * @throws ContractCompileError if it does not compile
 */
export async function describeApplications(
  root: string,
  workspace: QueueWorkspace,
  files: ConfigFiles,
): Promise<DescribedApplications> {
  const folder = await mkdtemp(join(tmpdir(), 'applications-'));
  try {
    const output = join(folder, 'applications.json');
    const source = programFor(files, workspace.runtime.producer);
    const program = { name: 'kubernetes', source, input: { output } };
    const code = await runProgram(root, workspace, program, process.env);
    if (code !== 0) throw new DescribeApplicationsError(Object.values(files) as string[]);
    return JSON.parse(await readFile(output, 'utf8')) as DescribedApplications;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function programFor({ api, worker }: ConfigFiles, runtime: string): string {
  return `
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import * as api from ${JSON.stringify(`./${api}`)};
import { describeConfig, workerConfig } from ${JSON.stringify(`./${worker}`)};
import { shutdownLimit } from ${JSON.stringify(runtime)};

const describe = (schema) =>
  describeConfig(schema).map(({ name, required, isSecret }) => ({ name, required, isSecret }));
const schemas = Object.values(api).filter((value) => value && typeof value === 'object' && 'shape' in value);
if (schemas.length !== 1) throw new Error('${api} must export one schema, made by defineConfig().');
const seconds = (runsJobs) => Math.ceil(shutdownLimit(0, { runsJobs }) / 1_000);
const described = {
  api: describe(schemas[0]),
  worker: describe(workerConfig({ name: 'name', port: 1 })),
  stopping: { api: seconds(false), worker: seconds(true) },
};
void text(process.stdin).then((input) => {
  writeFileSync(JSON.parse(input).output, JSON.stringify(described));
});
`;
}
