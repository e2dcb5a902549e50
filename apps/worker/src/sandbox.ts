import 'reflect-metadata';
import { exitWithReason } from '@libs/config';
import { runSandbox } from '@libs/queue/consumer';
import { createSandbox } from './create-sandbox';
import { processors } from './processors.generated';

// What the sandboxes of isolated processors run, one processor each. The worker starts them.
try {
  runSandbox({ registry: processors, createContext: createSandbox });
} catch (error) {
  exitWithReason(error);
}
