import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A worker that is served in this workspace, and where its queues are. */
export interface ServedStore {
  readonly project: string;
  /** Its URL without user, password and parameters. */
  readonly store: string;
}

const FOLDER = 'dist/serve';

/** Where the queues are by these variables, without what is secret; undefined if they do not say. */
export function storeOf(env: NodeJS.ProcessEnv): string | undefined {
  const url = env['QUEUE_URL'] || env['DATABASE_URL'];
  if (!url || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** Writes down where the queues of a worker are that this process serves, for the commands of other terminals. */
export function recordServedStore(
  workspaceRoot: string,
  project: string,
  env: NodeJS.ProcessEnv,
): void {
  const store = storeOf(env);
  if (store === undefined) return;
  const file = fileOf(workspaceRoot, project);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ pid: process.pid, store })}\n`);
}

export function forgetServedStore(workspaceRoot: string, project: string): void {
  rmSync(fileOf(workspaceRoot, project), { force: true });
}

/** The workers that are served now and whose queues are in another store than that of these variables. */
export function servedElsewhere(workspaceRoot: string, env: NodeJS.ProcessEnv): ServedStore[] {
  const folder = join(workspaceRoot, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((project) => {
    const file = fileOf(workspaceRoot, project);
    if (!existsSync(file)) return [];
    const { pid, store } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; store: string };
    return isAlive(pid) && store !== storeOf(env) ? [{ project, store }] : [];
  });
}

function fileOf(workspaceRoot: string, project: string): string {
  return join(workspaceRoot, FOLDER, project, 'store.json');
}

/** One that was killed could not forget its store. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
