// Runs after `npm test`, since Nx hides the output of successful tasks.
import { spawnSync } from 'node:child_process';
import { testsLeftOut } from './redis/left-out-tests';

process.stderr.write(testsLeftOut(process.env) ?? '');
if (process.env['CI'] !== 'true' && spawnSync('pgbouncer', ['--version']).error !== undefined) {
  process.stderr.write(
    '\nThe tests behind PgBouncer were skipped. To run them: apt-get install pgbouncer.\n\n',
  );
}
