import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileFiles, WORKSPACE_ROOT } from '@tools/experiment';
import { isOtherNode } from '../../measure/node-binary';
import { npm } from '../../workspace/deployment';

/** The newest versions. */
export const PEERS = { 'graphile-worker': '0.18.0', 'pg-boss': '12.38.0' } as const;

/** What runs them: they need a newer Node than this workspace does. */
const NODE = '22.23.3';

/** Where other job queues are installed. */
export interface InstalledPeers {
  /** The binary that runs them. */
  readonly node: string;
  /** @param entry a program beside which they are to be found. @returns the file to start */
  readonly compile: (entry: string) => Promise<string>;
}

/**
 * Installs other job queues on Postgres in a folder of their own.
 *
 * @param node runs them as well, if it was chosen for all programs; otherwise one that is new enough is installed
 * @throws ExperimentError if the npm registry cannot be reached
 */
export async function installPeers(folder: string, node: string): Promise<InstalledPeers> {
  await mkdir(folder, { recursive: true });
  const own = isOtherNode(node) ? {} : { node: NODE };
  const manifest = {
    name: 'peers',
    private: true,
    dependencies: { ...PEERS, ...own },
    // The package `node` fetches its binary when it is installed.
    allowScripts: { node: true },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(folder, 'install');
  return {
    node: isOtherNode(node) ? node : join(folder, 'node_modules/node/bin/node'),
    compile: async (entry) => {
      const { main } = await compileFiles({ root: WORKSPACE_ROOT, entry, outputFolder: folder });
      return join(folder, main);
    },
  };
}
