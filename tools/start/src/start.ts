import { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } from '@nx/devkit';
import { describeUp, developmentEnvironment, up } from '@tools/services';
import type { Interrupts } from './interrupts';
import { migrate } from './migrate';
import { nextSteps } from './next-steps';
import type { PrefixedOutput } from './prefixed-output';
import { type RunOptions, RunningApps } from './running-apps';
import { APPS, MIGRATE, portOf } from './started-app';
import { checkPorts } from './taken-ports';

export interface StartContext {
  workspaceRoot: string;
  env: NodeJS.ProcessEnv;
  output: PrefixedOutput;
  interrupts: Interrupts;
}

/**
 * `npm start`: services, migrations, applications, and what to do next; then runs until it is
 * interrupted. Resolves when the applications have ended. Postgres stays up for the next start.
 *
 * @throws what keeps it from starting, after the applications have ended
 */
export async function start(context: StartContext): Promise<void> {
  const { output, interrupts } = context;
  const apps = new RunningApps();
  try {
    const begun = begin(context, apps);
    // An interrupt may come first; then nobody asks how it ended.
    begun.catch(() => undefined);
    await Promise.race([begun, interrupts.first]);
    await interrupts.first;
    output.say('\nStopping: what runs is finished first. Ctrl-C again ends it now.');
  } finally {
    interrupts.onSecond(() => {
      apps.kill();
    });
    await apps.stop();
  }
}

async function begin(context: StartContext, apps: RunningApps): Promise<void> {
  const { workspaceRoot, env, output, interrupts } = context;
  await checkPorts(APPS, env);
  const [projects, services] = await Promise.all([readProjects(), bringUp(context)]);
  if (interrupts.isRequested()) return;

  const options: RunOptions = {
    workspaceRoot,
    projects,
    env: services.env,
    lineOf: (project) => output.of(project),
  };
  await Promise.all(APPS.map((app) => apps.run(app, options)));
  if (interrupts.isRequested()) return;
  const [api] = APPS;
  const addresses = {
    api: `http://localhost:${(api && portOf(api, env)) ?? ''}`,
    mailbox: services.mailboxUrl,
    databaseUrl: services.env['DATABASE_URL'],
  };
  output.say(nextSteps(addresses, (text) => output.strong(text)));
}

async function bringUp({ workspaceRoot, env, output, interrupts }: StartContext): Promise<{
  env: NodeJS.ProcessEnv;
  mailboxUrl: string | undefined;
}> {
  const result = await up(workspaceRoot, env);
  output.say(describeUp(result, env, false));
  const complete = { ...env, ...developmentEnvironment(workspaceRoot, env) };
  if (!interrupts.isRequested()) {
    const onLine = output.of('migrate');
    await migrate({ workspaceRoot, program: MIGRATE, env: complete, onLine });
  }
  return { env: complete, mailboxUrl: env['SMTP_URL'] ? undefined : result.state.mailboxUrl };
}

async function readProjects(): Promise<RunOptions['projects']> {
  // A daemon started here would be one more process that stays behind.
  process.env['NX_DAEMON'] ??= 'false';
  const graph = await createProjectGraphAsync({ exitOnError: false });
  return readProjectsConfigurationFromProjectGraph(graph).projects;
}
