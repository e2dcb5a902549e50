import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { PluginError } from '../workspace/index';
import type { BaseSources } from './base-sources';

/**
 * Nx cannot read the projects of the commit to compare with, such as when a plugin of its nx.json is not installed any
 * more.
 *
 * To do: compare with a later commit.
 */
export class BaseGraphError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_BASE_GRAPH';
}

/** Nx's project graph of a commit. Throws `BaseGraphError`. */
export async function readBaseGraph({ root }: BaseSources): Promise<ProjectGraph> {
  const file = join(root, '.project-graph.json');
  const child = spawn(process.execPath, [join(__dirname, 'write-graph.cjs'), file], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let reason = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    reason += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return JSON.parse(await readFile(file, 'utf8')) as ProjectGraph;
  throw new BaseGraphError(
    `Nx cannot read its projects: ${reason.trim().split('\n')[0] || `exit code ${code}`}`,
  );
}

/** Without the variables of the Nx that runs this, which name its own workspace. */
function environment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('NX_'));
  return {
    ...Object.fromEntries(others),
    NX_DAEMON: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    NX_NO_CLOUD: 'true',
  };
}
