import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PluginError } from '../workspace/index';

/**
 * The commit to compare with cannot be read.
 *
 * To do: name a commit, branch or tag that `git log` knows. In CI, fetch it first.
 */
export class UnknownBaseError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_UNKNOWN_BASE';

  constructor(base: string, reason: string) {
    super(
      `git cannot read "${base}": ${reason.replace(/[.:]?\s*$/, '.')} Pass --base=<commit, branch or tag>. ` +
        `A clone of CI often has the latest commit only. Fetch the other one first: git fetch --depth=1 origin ${base}:${base}`,
    );
  }
}

/** The sources of a commit in a folder of their own, with the installed packages of the workspace. */
export interface BaseSources {
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * @param base a branch that was only fetched, as in a clone of CI, is found as that of `origin`
 * @throws UnknownBaseError
 */
export async function checkOutBase(workspaceRoot: string, base: string): Promise<BaseSources> {
  const root = await mkdtemp(join(tmpdir(), 'compat-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await extract(workspaceRoot, await knownName(workspaceRoot, base), root);
    await symlink(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  } catch (error) {
    await remove();
    throw error;
  }
  return { root, remove };
}

async function knownName(workspaceRoot: string, base: string): Promise<string> {
  for (const name of [base, `origin/${base}`]) {
    const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
    const git = spawn('git', args, { cwd: workspaceRoot, stdio: 'ignore' });
    const [code] = (await once(git, 'close')) as [number | null];
    if (code === 0) return name;
  }
  // Git says why it does not know it.
  return base;
}

async function extract(workspaceRoot: string, base: string, root: string): Promise<void> {
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
  if (code !== 0) throw new UnknownBaseError(base, reason.trim());
  if (extracted !== 0) throw new UnknownBaseError(base, 'tar could not extract it.');
}
