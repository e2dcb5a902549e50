import { type PageWithoutFramework, pageWithoutFramework } from '@libs/queue/page';
import type { WorkerConfig } from './config';

/** The page of queues, as this worker is configured. */
export function registerPage(config: WorkerConfig): PageWithoutFramework {
  const { WORKER_QUEUE_PAGE: page, QUEUE_PAGE_USER_HEADER: userHeader } = config;
  return pageWithoutFramework({
    token: config.OPERATOR_TOKEN,
    ...(userHeader !== undefined && { proxy: { userHeader, addresses: config.QUEUE_PAGE_PROXY } }),
    open: page === 'open',
    readOnly: page === 'read-only',
  });
}
