import { runCommand } from '@tools/experiment';

/** What a node binary says it is, such as `v24.1.0`. */
export async function nodeVersion(binary: string): Promise<string> {
  const { output } = await runCommand([binary, '--version'], { cwd: process.cwd() });
  return output.trim();
}
