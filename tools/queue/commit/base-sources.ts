import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { PluginError } from '../workspace/index';

/**
 * The commit to compare with cannot be read.
 *
 * To do: name a commit, branch or tag that `git log` knows. In CI, fetch it first.
 */
export class UnknownBaseError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_UNKNOWN_BASE';

  constructor(base: string, reason: string, option: string) {
    const fetched = /^[\da-f]{7,40}$/.test(base) ? base : `${base}:${base}`;
    super(
      `git cannot read "${base}": ${reason.replace(/[.:]?\s*$/, '.')} Pass --${option}=<commit, branch or tag>. ` +
        `A clone of CI often has the latest commit only. Fetch the other one first: git fetch --depth=1 origin ${fetched}`,
    );
  }
}

/** The sources of a commit in a folder of their own, with the installed packages of the workspace. */
export interface BaseSources {
  readonly root: string;
  /** Its full hash. */
  readonly commit: string;
  remove(): Promise<void>;
}

/**
 * @param base a branch that was only fetched, as in a clone of CI, is found as that of `origin`
 * @param option of the command, in which it was named
 * @throws UnknownBaseError
 */
export async function checkOutBase(
  workspaceRoot: string,
  base: string,
  option = 'base',
): Promise<BaseSources> {
  // Bundlers name files by their real paths.
  const root = await realpath(await mkdtemp(join(tmpdir(), `${option}-`)));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    const commit = await commitOf(workspaceRoot, base);
    const reason = await extract(workspaceRoot, commit ?? base, root);
    if (reason !== undefined) throw new UnknownBaseError(base, reason, option);
    await linkPackages(workspaceRoot, root);
    return { root, commit: commit ?? base, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Undefined if git does not know it; why, it says when it is asked for its files. */
async function commitOf(workspaceRoot: string, base: string): Promise<string | undefined> {
  for (const name of [base, `origin/${base}`]) {
    const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
    const git = spawn('git', args, { cwd: workspaceRoot, stdio: ['ignore', 'pipe', 'ignore'] });
    let commit = '';
    git.stdout.on('data', (text) => {
      commit += String(text);
    });
    const [code] = (await once(git, 'close')) as [number | null];
    if (code === 0) return commit.trim();
  }
  return undefined;
}

/** Resolves to what prevented it. */
async function extract(
  workspaceRoot: string,
  base: string,
  root: string,
): Promise<string | undefined> {
  // Of a workspace in a part of a repository, that part.
  const git = spawn('git', ['archive', '--format=tar', `${base}:./`], {
    cwd: workspaceRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tar = spawn('tar', ['-x', '-C', root], { stdio: ['pipe', 'ignore', 'ignore'] });
  git.stdout.pipe(tar.stdin);
  // Git has said why it has ended.
  tar.stdin.on('error', () => undefined);
  let reason = '';
  git.stderr.on('data', (text) => {
    reason += String(text);
  });
  const [[code], [extracted]] = (await Promise.all([once(git, 'close'), once(tar, 'close')])) as [
    [number],
    [number],
  ];
  if (code !== 0) return reason.trim();
  return extracted === 0 ? undefined : 'tar could not extract it.';
}

/**
 * Links each package by itself: a project of the workspace that is linked into node_modules, as npm's workspaces are,
 * has to be that of the commit.
 */
async function linkPackages(workspaceRoot: string, root: string): Promise<void> {
  const source = await realpath(workspaceRoot);
  const packages = join(workspaceRoot, 'node_modules');
  const installed = await realpath(packages);
  await mkdir(join(root, 'node_modules'), { recursive: true });
  for (const name of await packageNames(packages)) {
    const target = await realpath(join(packages, name));
    const isInstalled = target.startsWith(installed + sep) || !target.startsWith(source + sep);
    const link = join(root, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(isInstalled ? target : join(root, relative(source, target)), link, 'junction');
  }
}

async function packageNames(packages: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(packages)) {
    if (entry.startsWith('.') && entry !== '.bin') continue;
    if (!entry.startsWith('@')) names.push(entry);
    else names.push(...(await readdir(join(packages, entry))).map((name) => `${entry}/${name}`));
  }
  return names;
}
