import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CommandPlan } from '../command/command-plan';
import { hasSameInputs } from '../record/build-inputs';
import { type BuildReport, buildReportPath, readBuildReport } from '../record/build-record';
import type { PageParts } from '../report/page/render-page';
import { showReport } from '../report/show-report';
import { columnsOf } from '../terminal/columns-of';
import { UnknownProjectError } from '../workspace/unknown-project.error';
import whyExecutor from '../why/why.executor';
import { readQuery } from '../why/why-query';
import { formatCommandHelp } from './help';
import { CommandOptionError, parseOptions } from './parse-options';

const PROJECT = {
  name: '--project=<string>',
  description: 'Which application. Default: the worker.',
};

/**
 * `npx queue why` and `npx queue report`. They answer from the last build of an application, as long as nothing has
 * changed that it was built from; otherwise Nx builds it first.
 */
export async function readBuild(
  workspaceRoot: string,
  [name, ...args]: readonly string[],
  { plan, page }: { plan: CommandPlan; page: () => Promise<{ default: PageParts }> },
): Promise<void> {
  const command = plan.ofBuilds.find((found) => found.name === name);
  if (command === undefined) return;
  const { options, worker, help } = parseOptions(command, args, plan.exec);
  if (help) {
    process.stdout.write(
      `${formatCommandHelp(plan, command, columnsOf(process.stdout), PROJECT)}\n`,
    );
    return;
  }
  const project = findProject(plan, worker);
  const context = { root: workspaceRoot, cwd: process.cwd(), projectName: project };
  // Before a build, which takes longer than to see that the question is none.
  if (command.name === 'why') readQuery(options, project, { workspaceRoot, cwd: context.cwd });
  const isCurrent = isUpToDate(workspaceRoot, project, {
    // How a file got into a bundle is asked most where the guard refuses it.
    mayBeRefused: command.name === 'why',
  });
  if (isCurrent && options['compare'] !== undefined) {
    // A bundler is no part of this program. A build that exceeds its budget would fail again.
    const run = [`${project}:${command.name}`, ...forNx(args), '--excludeTaskDependencies'];
    process.exitCode = await runNx(workspaceRoot, run);
    return;
  }
  if (!isCurrent) {
    const why = existsSync(buildReportPath(workspaceRoot, project))
      ? 'has changed since its last build'
      : 'has not been built yet';
    process.stderr.write(`${project} ${why}, so Nx builds it first.\n`);
    process.exitCode = await runNx(workspaceRoot, [`${project}:${command.name}`, ...forNx(args)]);
    return;
  }
  const { success } = await (command.name === 'why'
    ? whyExecutor(options, context)
    : showReport(options, workspaceRoot, project, async () => (await page()).default));
  process.exitCode = success ? 0 : 1;
}

function findProject({ workers, projects }: CommandPlan, chosen: string | undefined): string {
  if (chosen !== undefined) {
    if (projects.includes(chosen)) return chosen;
    throw new UnknownProjectError(chosen, projects);
  }
  const [only, ...others] = workers;
  if (only !== undefined && others.length === 0) return only.name;
  const choice = workers.map((worker) => `--project=${worker.name}`).join(', ');
  throw new CommandOptionError(
    only === undefined
      ? 'Pass --project=<name>: which application.'
      : `Pass which application, one of: ${choice}.`,
  );
}

/** Whether a build would find the same today as the last one. */
function isUpToDate(
  workspaceRoot: string,
  project: string,
  { mayBeRefused }: { mayBeRefused: boolean },
): boolean {
  if (!existsSync(buildReportPath(workspaceRoot, project))) return false;
  const report: Partial<BuildReport> = readBuildReport(workspaceRoot, project);
  const { node, inputs, findings = [] } = report;
  // An older version of this plugin did not write them down.
  if (!inputs || node !== process.version) return false;
  // A build that the guard refuses is to say so again.
  if (findings.length > 0 && !mayBeRefused) return false;
  return hasSameInputs(workspaceRoot, inputs);
}

/** The project is in the name of the target. */
function forNx(args: readonly string[]): string[] {
  const isProject = (arg = ''): boolean => /^--(?:project|worker)$/.test(arg);
  return args.filter(
    (arg, index) => !/^--(?:project|worker)(?:=|$)/.test(arg) && !isProject(args[index - 1]),
  );
}

function runNx(workspaceRoot: string, args: readonly string[]): Promise<number> {
  const nx = createRequire(join(workspaceRoot, 'package.json')).resolve('nx/bin/nx.js');
  const child = spawn(process.execPath, [nx, 'run', ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
