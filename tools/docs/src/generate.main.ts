import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { generatedFiles } from './generated-files';
import { inWorkspace, readText } from './workspace';

// Writes the generated files; with --check, only says which of them are stale, and fails if there are any.
async function main(): Promise<void> {
  const isCheck = process.argv.includes('--check');
  const stale = (await generatedFiles()).filter(
    ({ path, text }) => !existsSync(inWorkspace(path)) || readText(path) !== text,
  );
  if (!isCheck) {
    await Promise.all(stale.map(({ path, text }) => writeFile(inWorkspace(path), text)));
  }
  for (const { path } of stale) console.log(`${isCheck ? 'Stale' : 'Wrote'}: ${path}`);
  if (stale.length === 0) console.log('Everything is up to date.');
  if (isCheck && stale.length > 0) {
    console.log('Run: npx nx run docs:generate');
    process.exitCode = 1;
  }
}

void main();
