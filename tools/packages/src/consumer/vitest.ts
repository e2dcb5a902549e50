import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consumer } from './consumer';

const SPEC = join(__dirname, 'files/vitest.cts');

/** The newest that run on the oldest Node.js which the packages support. */
const TOOLS = ['vitest@4.1.12', 'unplugin-swc@2.0.0', '@swc/core@1.16.18'];

const CONFIG = `import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const decorators = { legacyDecorator: true, decoratorMetadata: true };
const parser = { syntax: 'typescript', decorators: true };
export default defineConfig({
  test: { include: ['vitest/*.spec.mts'] },
  plugins: [swc.vite({ module: { type: 'es6' }, jsc: { parser, transform: decorators } })],
});
`;

/** Installs Vitest in a consumer, and runs a spec of the runtime there. @throws Error if it fails */
export function runVitest({ folder }: Consumer): void {
  const run = (command: string, ...args: readonly string[]) => {
    execFileSync(command, args, { cwd: folder, stdio: 'inherit' });
  };
  run('npm', 'install', '--no-audit', '--no-fund', '--save-dev', ...TOOLS);
  mkdirSync(join(folder, 'vitest'), { recursive: true });
  copyFileSync(SPEC, join(folder, 'vitest/greeting.spec.mts'));
  writeFileSync(join(folder, 'vitest.config.mts'), CONFIG);
  run('npx', 'vitest', 'run');
}
