// DO NOT EDIT: kept by `nx sync` (@tools/queue). One entry a processor, loaded only when selected.
// prettier-ignore
import type { ProcessorRegistry } from '@libs/queue/consumer';

// prettier-ignore
export const processors = {
  'notification': () => import('./processors/notification/notification.processor'),
  'report': () => import('./processors/report/report.processor'),
  'report-day': () => import('./processors/report-day/report-day.processor'),
  'thumbnail': () => import('./processors/thumbnail/thumbnail.processor'),
} satisfies ProcessorRegistry;
