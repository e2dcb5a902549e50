import { rm } from 'node:fs/promises';

export default async function teardown(): Promise<void> {
  for (const name of ['E2E_API', 'E2E_WORKER']) {
    const folder = process.env[name];
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
