import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { detectPackageManager, getPackageManagerCommand } from '@nx/devkit';
import { findMarkers } from '../workspace/built-program.cjs';
import { describeCommand } from '../command/read-plan';
import { buildInputs } from '../record/build-inputs';
import { type BuildReport, buildReportPath, readBuildReport } from '../record/build-record';
import reportExecutor from '../report/report.executor';
import type { ExecutorResult } from '../terminal/executor-result';
import { DiskFiles, projectsOnDisk, TAGS, UnknownProjectError } from '../workspace/index';
import whyExecutor from '../why/why.executor';
import { formatCommandHelp } from './help';
import { CommandOptionError, parseOptions } from './parse-options';

const EXECUTORS: Readonly<
  Record<string, (options: object, context: ExecutorContext) => Promise<ExecutorResult>>
> = { why: whyExecutor, report: reportExecutor };

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
  [name = '', ...args]: readonly string[],
): Promise<void> {
  const command = describeCommand(name);
  const { options, worker, help } = parseOptions(command, args);
  const { exec } = getPackageManagerCommand(detectPackageManager(workspaceRoot), workspaceRoot);
  if (help) {
    process.stdout.write(`${formatCommandHelp({ exec }, command, PROJECT)}\n`);
    return;
  }
  const project = findProject(workspaceRoot, worker);
  const report = currentBuild(workspaceRoot, project);
  if (report === undefined) {
    process.stderr.write(`${project} has changed since its last build, so Nx builds it first.\n`);
    process.exitCode = await runNx(workspaceRoot, [`${project}:${name}`, ...forNx(args)]);
    return;
  }
  const context = { root: workspaceRoot, cwd: process.cwd(), projectName: project };
  // The executors ask for no more of it.
  const { success } = (await EXECUTORS[name]?.(options, {
    ...context,
    projectGraph: report.graph,
  } as ExecutorContext)) ?? { success: false };
  // esbuild, which draws the page of the report, has a process that would keep this one alive.
  process.exit(success ? 0 : 1);
}

function findProject(workspaceRoot: string, chosen: string | undefined): string {
  const files = new DiskFiles(workspaceRoot);
  const markers = findMarkers(workspaceRoot).filter((path) => path.endsWith('.json'));
  const projects = projectsOnDisk(files, markers);
  if (chosen !== undefined) {
    if (chosen in projects) return chosen;
    throw new UnknownProjectError(chosen, Object.keys(projects));
  }
  const workers = Object.keys(projects).filter((name) =>
    projects[name]?.tags?.includes(TAGS.worker),
  );
  const [only, ...others] = workers;
  if (only !== undefined && others.length === 0) return only;
  const choice = workers.map((name) => `--project=${name}`).join(', ');
  throw new CommandOptionError(
    workers.length === 0
      ? 'Pass --project=<name>: which application.'
      : `Pass which application, one of: ${choice}.`,
  );
}

/** The record of the last build, if a build would find the same today. */
function currentBuild(workspaceRoot: string, project: string): BuildReport | undefined {
  if (!existsSync(buildReportPath(workspaceRoot, project))) return undefined;
  const report = readBuildReport(workspaceRoot, project);
  const { graph, inputs, findings } = report;
  // An older version of this plugin did not write it down; a build that fails is to say so again.
  if (!('graph' in report) || findings.length > 0) return undefined;
  return inputs === buildInputs(workspaceRoot, project, graph) ? report : undefined;
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
