import { floors } from './floors.mjs';
import { processorIsolation } from './processor-isolation.mjs';

/** The rules of this plugin, for `plugins` of an ESLint configuration. */
const plugin = {
  meta: { name: '@tools/queue' },
  rules: { floors, 'processor-isolation': processorIsolation },
};

const configs = {
  /** Keeps other code out of the folder of a processor. The generated registry loads all of them. */
  recommended: {
    name: '@tools/queue/recommended',
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['**/*.generated.ts'],
    plugins: { queue: plugin },
    rules: { 'queue/processor-isolation': 'error' },
  },
};

export default { ...plugin, configs };
