import { ExperimentError, interruption, runCommand, textFlag } from '@tools/experiment';

export const NODE_FLAG = {
  node: textFlag('the node binary that runs the programs', process.execPath),
};

/** Whether the programs are run by another Node than the benchmark. */
export function isOtherNode(node: string): boolean {
  return node !== process.execPath;
}

/**
 * @returns the version of a node binary, with its `v`
 * @throws ExperimentError if it does not start
 */
export async function nodeVersion(node: string): Promise<string> {
  if (!isOtherNode(node)) return process.version;
  try {
    return (await runCommand([node, '--version'], { cwd: process.cwd() })).output.trim();
  } catch (error) {
    interruption.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExperimentError(`--node is "${node}", which does not start: ${reason}`);
  }
}
