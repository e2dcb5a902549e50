import type { WorkspaceCopy } from '../workspace/workspace-copy';

export const RAW_WORKER = 'raw-worker';

/**
 * Adds the smallest possible worker to a workspace: BullMQ and nothing else. It is a project like the
 * others, so that `nx build` bundles it with the same settings as the real worker.
 */
export async function addRawWorker(copy: WorkspaceCopy, queue: string): Promise<void> {
  const root = `apps/${RAW_WORKER}`;
  await copy.write(
    `${root}/project.json`,
    JSON.stringify({
      name: RAW_WORKER,
      projectType: 'application',
      sourceRoot: `${root}/src`,
      tags: ['type:app'],
      targets: { build: { executor: '@tools/queue:build' } },
    }),
  );
  await copy.write(
    `${root}/tsconfig.json`,
    JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src/**/*.ts'] }),
  );
  await copy.write(`${root}/src/main.ts`, source(queue));
}

function source(queue: string): string {
  return `// BullMQ loads the driver at run time; this import makes the bundler include it.
import 'pg';
import { createPostgresBackend, withBackend } from 'bullmq';

const { Worker } = withBackend(createPostgresBackend);
const worker = new Worker('${queue}', async ({ data }) => ({ id: data.id }), {
  connection: process.env['DATABASE_URL'] ?? '',
});
worker.on('error', (error) => console.error(error));
process.once('SIGTERM', () => void worker.close());
`;
}
