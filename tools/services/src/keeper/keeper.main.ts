import { servicePaths } from '../service-paths';
import { keepServices } from './keeper';

/** `keeper.main.ts <workspace root> <idle ms> <poll interval ms>`: started by launchKeeper(). */
const [workspaceRoot = '', idleMs, lookEveryMs] = process.argv.slice(2);

keepServices({
  paths: servicePaths(workspaceRoot),
  idleMs: Number(idleMs),
  lookEveryMs: Number(lookEveryMs),
}).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
