import type { Tree } from '@nx/devkit';
import type { SyncResult } from './sync';

declare function knownSync(tree: Tree): SyncResult | undefined;
export = knownSync;
