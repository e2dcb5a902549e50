import type { PageWithoutFramework } from '@libs/queue/page';
import type { WorkerConfig } from './config';

/** Serves the page of queues, if it is wanted. Otherwise nothing of it is loaded. */
export async function loadPage(config: WorkerConfig): Promise<PageWithoutFramework | undefined> {
  if (config.WORKER_QUEUE_PAGE === 'off') return undefined;
  const { registerPage } = await import('./register-page');
  return registerPage(config);
}
