import type { ProcessorRegistry } from '@libs/queue/consumer';

export const processors = {
  block: () => import('./block.processor'),
  hold: () => import('./hold.processor'),
  quick: () => import('./quick.processor'),
} satisfies ProcessorRegistry;
