import { databaseOf, dataSourceOf, queueStoreOf } from '@libs/config';
import type { WorkerConfig } from './config';

interface SandboxConnections {
  readonly name: string;
  readonly location: string;
  readonly max: number;
}

/**
 * The most connections that the sandboxes of a worker open: each has pools of its own for what its processor uses, and
 * one more for notifications if that watches jobs.
 */
export function sandboxConnections(
  config: WorkerConfig,
  sandboxes: number,
): readonly SandboxConnections[] {
  if (sandboxes === 0) return [];
  const each = config.SANDBOX_POOL_MAX * sandboxes;
  const { url: database } = databaseOf(config);
  const { url: reports = database } = dataSourceOf(config, 'reports');
  return [
    { name: 'sandboxes', location: locationOf(database), max: each },
    { name: 'sandboxes reports', location: locationOf(reports), max: each },
    {
      name: 'sandboxes queue store',
      location: locationOf(queueStoreOf(config).url),
      max: each + sandboxes,
    },
  ];
}

/** As pools name it. */
function locationOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
