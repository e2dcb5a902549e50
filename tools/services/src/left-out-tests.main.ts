// After `npm test`, since Nx shows nothing of what a task that has succeeded had to say.
import { testsLeftOut } from './redis/left-out-tests';

process.stderr.write(testsLeftOut(process.env) ?? '');
