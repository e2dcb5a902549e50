import { prepare, type ServedProject } from '@tools/queue/serve';
import { describeUp, developmentEnvironment, up } from '@tools/services';
import { runFirstJob, whyNoFirstJob } from './first-job';
import type { Interrupts } from './interrupts';
import { nextSteps } from './next-steps';
import type { PrefixedOutput } from './prefixed-output';
import { RunningApps } from './running-apps';
import { Preparation } from './preparation';
import { StartError } from './start.error';
import { API, portOf, type StartedApp } from './started-app';
import { checkPorts } from './taken-ports';

export interface StartContext {
  workspaceRoot: string;
  /** Every project of the workspace, by name. */
  projects: Record<string, ServedProject>;
  /** Those to run. */
  apps: readonly StartedApp[];
  env: NodeJS.ProcessEnv;
  /** Variables of the stores that are set in this terminal, and in no file. */
  ofTerminal: readonly string[];
  output: PrefixedOutput;
  interrupts: Interrupts;
}

/** What to stop, or to mention, at the end. */
interface Session {
  readonly apps: RunningApps;
  servicesRun: boolean;
}

const STAYS_UP =
  'Postgres and the mail catcher stay up for the next start, and stop after half an hour without use. ' +
  'Stop them now: npx nx run services:down';

/**
 * `npm start`: services, migrations, applications, and what to do next; then runs until it is
 * interrupted. Resolves when the applications have ended. Postgres stays up for the next start.
 *
 * @throws the error that prevents the start, after the applications have ended
 */
export async function start(context: StartContext): Promise<void> {
  const { output, interrupts } = context;
  const session: Session = { apps: new RunningApps(), servicesRun: false };
  try {
    const begun = begin(context, session);
    // An interrupt may come first; then the rejection is not awaited.
    begun.catch(() => undefined);
    await Promise.race([begun, interrupts.first]).finally(() => {
      output.wait(undefined);
    });
    await interrupts.first;
    output.saySentences(
      '\nStopping: running jobs and requests finish first. Ctrl-C again ends them now.',
    );
  } finally {
    interrupts.onSecond(() => {
      session.apps.kill();
    });
    await session.apps.stop();
    if (session.servicesRun) output.saySentences(STAYS_UP);
  }
}

async function begin(context: StartContext, session: Session): Promise<void> {
  const { workspaceRoot, projects, apps, env, output, interrupts } = context;
  await checkPorts(apps, env);
  output.wait('Starting PostgreSQL and the mail catcher');
  const services = await bringUp(context, session);
  if (interrupts.isRequested()) return;

  const names = listed(apps.map(({ project }) => project));
  output.wait(`Applying migrations, and bundling ${names}`);
  const preparation = prepareAll(context, services.env);
  void interrupts.first.then(() => {
    preparation.cancel(new StartError('Interrupted before the applications started.'));
  });
  preparation.done.then(
    () => {
      output.wait(`Starting ${names}`);
    },
    () => undefined,
  );
  const lineOf = (project: string): ((line: string) => void) => output.of(project);
  const options = { workspaceRoot, projects, env: services.env, preparation, lineOf };
  try {
    await Promise.all(apps.map((app) => session.apps.run(app, options)));
  } catch (error) {
    preparation.cancel(
      new StartError('Another application could not be started.', { cause: error }),
    );
    throw error;
  }
  if (interrupts.isRequested()) return;
  const api = `http://localhost:${portOf(API, env) ?? ''}`;
  const whyNone = whyNoFirstJob(env);
  if (whyNone === undefined) output.wait('Sending a first job');
  const firstJob = whyNone ?? (await runFirstJob(api));
  if (interrupts.isRequested()) return;
  output.wait(undefined);
  const addresses = {
    api,
    mailbox: services.mailboxUrl,
    queues: services.env['QUEUE_URL'] || services.env['DATABASE_URL'],
    ofTerminal: context.ofTerminal,
    firstJob,
  };
  const { columns } = output;
  output.say(nextSteps(addresses, { strong: (text) => output.strong(text), columns }));
  session.apps.allReady();
}

/** What the applications need before they start. */
function prepareAll(
  { workspaceRoot, projects, apps, output }: StartContext,
  env: NodeJS.ProcessEnv,
): Preparation {
  return new Preparation(projects, apps, (command) =>
    prepare(command, { workspaceRoot, env, onLine: output.of('prepare') }),
  );
}

/** `api, media and worker`. */
function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}

async function bringUp(
  { workspaceRoot, env, output }: StartContext,
  session: Session,
): Promise<{ env: NodeJS.ProcessEnv; mailboxUrl: string | undefined }> {
  const result = await up(workspaceRoot, env);
  session.servicesRun = result.state.keeper !== undefined;
  output.saySentences(describeUp(result, env, false));
  return {
    env: {
      // The applications write to a pipe, so they cannot detect the terminal behind it.
      ...(output.colours ? { FORCE_COLOR: '1' } : {}),
      ...env,
      ...developmentEnvironment(workspaceRoot, env),
    },
    // With the user's own mail server, the mailbox receives nothing.
    mailboxUrl: env['SMTP_URL'] ? undefined : result.state.mailboxUrl,
  };
}
