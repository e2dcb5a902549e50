// Runs the serve executor as Nx does, in a process of its own: `node serve.driver.js <input as JSON>`.
import type { ExecutorContext } from '@nx/devkit';
import serveExecutor from '../serve/serve.executor';
import type { ServeDriverInput } from './serve-session';

// Written by serve-session.ts.
const { options, ...context } = JSON.parse(process.argv[2] ?? '') as ServeDriverInput;

void serveExecutor(options, context as unknown as ExecutorContext).then(({ success }) => {
  process.exit(success ? 0 : 1);
});
