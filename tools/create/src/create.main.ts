#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createWorkspace } from 'create-nx-workspace';
import { readArguments } from './arguments';
import { USAGE, UsageError } from './usage.error';

/** The plugin whose preset fills the workspace. It is published together with this package. */
const PLUGIN = 'nx-job-queue';

/** `npm create nx-job-queue my-app`: makes an Nx workspace for background jobs. */
async function main(): Promise<void> {
  const wanted = readArguments(process.argv.slice(2), process.env['npm_config_user_agent']);
  if (wanted === undefined) {
    console.log(USAGE);
    return;
  }
  const { name, packageManager, skipGit } = wanted;
  if (existsSync(name)) {
    throw new UsageError(`${resolve(name)} is there already. Choose another name, or remove it.`);
  }
  const { directory } = await createWorkspace(`${PLUGIN}@${ownVersion()}`, {
    name,
    packageManager,
    skipGit,
    nxCloud: 'skip',
    // Whoever runs this program has chosen it.
    trustThirdPartyPreset: true,
  });
  console.log(`\nThe workspace is in ${directory}. Start it: cd ${name} && npm start`);
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
