import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** By precedence, as Nx does for its tasks; variables already set take precedence over all files. */
const FILES = ['.env.local', '.local.env', '.env'];

/** Reads the workspace's .env files into this process' environment. */
export function loadEnvFiles(workspaceRoot: string): void {
  for (const file of FILES.map((name) => join(workspaceRoot, name)).filter(existsSync)) {
    process.loadEnvFile(file);
  }
}
