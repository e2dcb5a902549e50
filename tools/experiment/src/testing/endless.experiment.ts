import { hasRedis } from '@tools/services';
import { runCommand } from '../processes/run-command';
import { runBenchmark } from '../run/run-experiment';
import { openStores } from '../servers/private-stores';

/** Starts another process, and stays with it until both are ended; writes which that is. */
const PROGRAM = `
const { spawn } = require('node:child_process');
const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('node:fs').writeFileSync('pids', process.pid + ' ' + other.pid);
setInterval(() => {}, 1000);
`;

/* A benchmark that does not end by itself: all kinds of servers, and a program that starts another one. */

runBenchmark('endless', async ({ scratch }) => {
  const stores = await openStores(hasRedis() ? 'redis' : 'postgres', scratch);
  try {
    await runCommand([process.execPath, '-e', PROGRAM], { cwd: scratch });
  } finally {
    await stores.close();
  }
});
