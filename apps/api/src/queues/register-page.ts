import type { DynamicModule } from '@nestjs/common';
import { QueuePageModule } from '@libs/queue/page';
import type { ApiConfig } from '../config';

type PageConfig = Pick<
  ApiConfig,
  'QUEUE_PAGE' | 'QUEUE_PAGE_PROXY' | 'QUEUE_PAGE_USER_HEADER' | 'OPERATOR_TOKEN'
>;

/** The page of queues, as this api is configured. */
export function registerPage(config: PageConfig, path: string): DynamicModule {
  const { QUEUE_PAGE, QUEUE_PAGE_USER_HEADER: userHeader, QUEUE_PAGE_PROXY: addresses } = config;
  return QueuePageModule.register({
    path,
    token: config.OPERATOR_TOKEN,
    ...(userHeader !== undefined && { proxy: { userHeader, addresses } }),
    open: QUEUE_PAGE === 'open',
    readOnly: QUEUE_PAGE === 'read-only',
  });
}
