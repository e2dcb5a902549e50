import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** In the order in which they win; what is set in the environment wins over all. As Nx does for its tasks. */
const FILES = ['.env.local', '.local.env', '.env'];

/** Reads the workspace's .env files into this process' environment. */
export function loadEnvFiles(workspaceRoot: string): void {
  for (const file of FILES.map((name) => join(workspaceRoot, name)).filter(existsSync)) {
    process.loadEnvFile(file);
  }
}
