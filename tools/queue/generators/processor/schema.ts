import type { IsolationKind } from '../../workspace/index';

/** The options of `nx g @tools/queue:processor`, as schema.json describes them. */
export interface ProcessorOptions {
  name: string;
  worker?: string;
  jobs?: string;
  concurrency?: number;
  isolation?: IsolationKind | 'none';
  service?: boolean;
  skipTests?: boolean;
  skipFormat?: boolean;
  force?: boolean;
}
