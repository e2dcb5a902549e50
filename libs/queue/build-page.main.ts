import { writeFileSync } from 'node:fs';
import { stop } from 'esbuild';
import { ASSETS, renderAssets } from './build-page';

/** Writes the script and the styles of the page of queues. */
async function main(): Promise<void> {
  writeFileSync(ASSETS, await renderAssets());
  await stop();
}

void main();
