import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consumer } from './consumer';

const SHOP = join(__dirname, 'files/shop.cts');

const tsconfig = (skipLibCheck: boolean) => ({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    // A contract can be declared with the types that the package exports.
    declaration: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck,
    types: ['node'],
  },
  files: ['shop.cts', 'shop.mts', 'readme.mts'],
});

/** What a run of the shop prints. */
export interface ShopOutput {
  readonly state: string;
  readonly text: unknown;
  /** Whether the job ran in another process or thread. */
  readonly isApart: boolean;
  readonly checks: unknown;
  readonly loaded: readonly string[];
}

/**
 * Compiles a Nest application as CommonJS and as an ES module, and the examples of a README.
 *
 * @param skipLibCheck whether to spare the time to check every declaration of every package, not only those that are used
 */
export async function compileShop(
  consumer: Consumer,
  readme: string,
  { skipLibCheck }: { skipLibCheck: boolean },
): Promise<void> {
  const shop = readFileSync(SHOP, 'utf8');
  const sources = {
    'tsconfig.json': JSON.stringify(tsconfig(skipLibCheck)),
    'shop.cts': shop,
    'shop.mts': shop,
    'readme.mts': examplesOf(readme),
  };
  for (const [name, text] of Object.entries(sources)) {
    writeFileSync(join(consumer.folder, name), text);
  }
  await consumer.node('node_modules/typescript/bin/tsc', '-p', '.');
}

/** How a shop is run. */
export interface ShopRun {
  /** The program of another Node.js than the one that runs this. */
  readonly node?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Adds a job and runs it, in a program of each kind. */
export async function runShop(
  consumer: Consumer,
  url: string,
  { node = process.execPath, env = {} }: ShopRun = {},
): Promise<ShopOutput[]> {
  const outputs: ShopOutput[] = [];
  for (const program of ['shop.cjs', 'shop.mjs']) {
    const printed = await consumer.run(node, env, program, url);
    // Nest prints warnings there as well, that something was slow on a busy machine.
    const line = printed.split('\n').find((text) => text.startsWith('{'));
    outputs.push(JSON.parse(line ?? printed) as ShopOutput);
  }
  return outputs;
}

function examplesOf(readme: string): string {
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
}
