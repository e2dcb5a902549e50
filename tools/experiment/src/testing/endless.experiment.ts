import { hasRedis } from '@tools/services';
import { runCommand } from '../processes/run-command';
import { runExperiment } from '../run/run-experiment';
import { startPrivateServers } from '../servers/private-servers';

/** Starts a second process, writes both pids to a file, and never ends. */
const PROGRAM = `
const { spawn } = require('node:child_process');
const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('node:fs').writeFileSync('pids', process.pid + ' ' + other.pid);
setInterval(() => {}, 1000);
`;

/* An experiment that never ends: with every kind of server, and a program that starts a second one. */
const command = { target: 'test:endless', about: 'Never ends.', flags: {} };

runExperiment(command, async ({ scratch }) => {
  const servers = await startPrivateServers(scratch, hasRedis() ? { redis: 'always' } : {});
  try {
    await runCommand([process.execPath, '-e', PROGRAM], { cwd: scratch });
  } finally {
    await servers.close();
  }
});
