// Jest does not apply its module names to a global setup, so the path is relative.
// eslint-disable-next-line @nx/enforce-module-boundaries
import startServices from '../../../../tools/services/src/jest.global-setup';
import { ship } from './ship';

/** Once for all test files: PostgreSQL, and the built apps installed outside the workspace. */
export default async function setup(): Promise<void> {
  await startServices();
  const [api, worker] = await Promise.all([ship('api'), ship('worker')]);
  process.env['E2E_API'] = api;
  process.env['E2E_WORKER'] = worker;
}
