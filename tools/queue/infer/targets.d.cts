import type { InferenceOptions, InferredTarget } from '../workspace/inferred-targets.cjs';

type InferredNode = [
  file: string,
  { projects: Record<string, { targets: Record<string, InferredTarget> }> },
];

export const name: string;
/** As Nx calls it. */
export const createNodes: readonly [
  glob: string,
  infer: (
    files: readonly string[],
    options: InferenceOptions | undefined,
    context: { workspaceRoot: string },
  ) => InferredNode[],
];
export const createNodesV2: typeof createNodes;
