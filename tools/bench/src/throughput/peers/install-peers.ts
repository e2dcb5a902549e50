import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileFiles, WORKSPACE_ROOT } from '@tools/experiment';
import { npm } from '../../workspace/deployment';

/** The newest versions. */
export const PEERS = { 'graphile-worker': '0.18.0', 'pg-boss': '12.38.0' } as const;

/** What runs them: they need a newer Node than this workspace does. */
const NODE = '22.23.3';

export type Peer = keyof typeof PEERS;

/**
 * Installs other job queues on Postgres in a folder of their own, with a program for each that runs and adds
 * jobs.
 *
 * @returns the file to start of each, and the Node that starts it
 * @throws ExperimentError if the npm registry cannot be reached
 */
export async function installPeers(
  folder: string,
): Promise<{ node: string; files: Record<Peer, string> }> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'peers', private: true, dependencies: { ...PEERS, node: NODE } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(folder, 'install');
  const compile = async (peer: Peer) => {
    const entry = `tools/bench/src/throughput/peers/${peer}.main.ts`;
    const { main } = await compileFiles({ root: WORKSPACE_ROOT, entry, outputFolder: folder });
    return join(folder, main);
  };
  const files = {
    'graphile-worker': await compile('graphile-worker'),
    'pg-boss': await compile('pg-boss'),
  };
  return { node: join(folder, 'node_modules/node/bin/node'), files };
}
