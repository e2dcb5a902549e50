import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileFiles, WORKSPACE_ROOT } from '@tools/experiment';
import { npm } from '../../workspace/deployment';

/** The newest versions for the oldest Node that this workspace supports. */
export const PEERS = { 'graphile-worker': '0.17.3', 'pg-boss': '10.4.2' } as const;

export type Peer = keyof typeof PEERS;

/**
 * Installs other job queues on Postgres in a folder of their own, with a program for each that runs and adds
 * jobs.
 *
 * @returns the file to start of each
 * @throws ExperimentError if the npm registry cannot be reached
 */
export async function installPeers(folder: string): Promise<Record<Peer, string>> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'peers', private: true, dependencies: PEERS };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(folder, 'install');
  const compile = async (peer: Peer) => {
    const entry = `tools/bench/src/throughput/peers/${peer}.main.ts`;
    const { main } = await compileFiles({ root: WORKSPACE_ROOT, entry, outputFolder: folder });
    return join(folder, main);
  };
  return {
    'graphile-worker': await compile('graphile-worker'),
    'pg-boss': await compile('pg-boss'),
  };
}
