import { resolve } from 'node:path';
import { columnsOf, PluginError, readProjects, wrapSentences } from '@tools/queue/serve';
import { ServicesError } from '@tools/services';
import { loadEnvFiles } from './env-files';
import { Interrupts } from './interrupts';
import { outputTarget } from './output-target';
import { PrefixedOutput } from './prefixed-output';
import { start } from './start';
import { StartError } from './start.error';
import { startedApps } from './started-app';

/** Where the queues are. */
const STORE_VARIABLES = ['QUEUE_URL', 'DATABASE_URL'];

async function main(): Promise<void> {
  const workspaceRoot = resolve(__dirname, '../../..');
  const ofTerminal = STORE_VARIABLES.filter((variable) => process.env[variable]);
  loadEnvFiles(workspaceRoot);
  const interrupts = new Interrupts();
  // `npm start | head`: the reader has gone.
  process.stdout.on('error', () => {
    interrupts.request();
  });
  stopWithNpm(interrupts);
  const projects = readProjects(workspaceRoot);
  const apps = startedApps(projects);
  const output = new PrefixedOutput(
    ['prepare', ...apps.map(({ project }) => project)],
    outputTarget(process.stdout, process.env),
  );
  await start({
    workspaceRoot,
    projects,
    apps,
    env: process.env,
    ofTerminal,
    output,
    interrupts,
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(
      isForPeople(error) ? `\n${wrapSentences(error.message, columnsOf(process.stderr))}` : error,
    );
    process.exit(1);
  },
);

/** If npm is killed, no signal arrives: this process only gets another parent. */
function stopWithNpm(interrupts: Interrupts): void {
  if (!process.env['npm_lifecycle_event']) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) interrupts.request();
  }, 1_000).unref();
}

/** Errors whose message alone is enough; others are printed with their stack. */
function isForPeople(error: unknown): error is Error {
  return (
    error instanceof StartError || error instanceof PluginError || error instanceof ServicesError
  );
}
