// Runs after `npm test`, since Nx hides the output of successful tasks.
import { testsLeftOut } from './redis/left-out-tests';

process.stderr.write(testsLeftOut(process.env) ?? '');
