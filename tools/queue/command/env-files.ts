import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads the .env files that Nx reads for a target, into this process' environment. What is set already takes
 * precedence; so do the files of the project, and among the files of a folder the more particular one.
 */
export function loadEnvFiles(workspaceRoot: string, projectRoot: string, target: string): void {
  const names = [
    `.env.${target}.local`,
    `.env.${target}`,
    `.${target}.local.env`,
    `.${target}.env`,
    '.env.local',
    '.local.env',
    '.env',
  ];
  for (const folder of [join(workspaceRoot, projectRoot), workspaceRoot]) {
    for (const file of names.map((name) => join(folder, name))) {
      if (existsSync(file)) process.loadEnvFile(file);
    }
  }
}
