import { existsSync, readFileSync } from 'node:fs';
import { commandCpu } from '../measure/command-cpu';
import type { WorkspaceCopy } from '../workspace/workspace-copy';

const QUEUE = 'tools/queue/bin/queue.cjs';
const NX = 'node_modules/nx/dist/bin/nx.js';

/** A file that Nx looks at, and that no build depends on: the last build stays up to date. */
const CHANGED = 'libs/queue/src/changed.spec.ts';

/** A built copy of a workspace, and what its commands cost. */
export class Checkout {
  private changes = 0;

  constructor(
    private readonly copy: WorkspaceCopy,
    readonly name: string,
    private readonly databaseUrl: string,
  ) {}

  /** Of how many packages its lockfile says that they are installed. */
  get packages(): number {
    const lock = this.copy.path('node_modules/.package-lock.json');
    const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: object };
    return Object.keys(packages).length;
  }

  /** Whether there is such a command, by `queue` or by Nx. */
  has(line: string): boolean {
    const [program, name = ''] = line.split(' ');
    if (program !== 'queue' || this.hasQueue) return true;
    const { executors } = JSON.parse(
      readFileSync(this.copy.path('tools/queue/executors.json'), 'utf8'),
    ) as { executors: object };
    return name in executors;
  }

  /** @returns the processor time of a command and of all that it starts, in milliseconds */
  async run(line: string): Promise<number> {
    const [program = '', name = '', ...args] = line.split(' ');
    if (program === 'node') return this.time(['-e', '0']);
    if (program === 'queue' && this.hasQueue)
      return this.time([this.copy.path(QUEUE), name, ...args]);
    const nx = this.copy.path(NX);
    if (program === 'queue') return this.time([nx, 'run', `worker:${name}`, ...args]);
    this.changes += 1;
    await this.copy.write(CHANGED, `export const change = ${this.changes};\n`);
    return this.time([nx, name, ...args]);
  }

  private get hasQueue(): boolean {
    return existsSync(this.copy.path(QUEUE));
  }

  private time(args: readonly string[]): Promise<number> {
    return commandCpu(args, {
      cwd: this.copy.root,
      env: {
        CI: 'false',
        NX_DAEMON: 'false',
        NX_SKIP_NX_CACHE: 'true',
        NX_ISOLATE_PLUGINS: 'false',
        NO_COLOR: '1',
        DATABASE_URL: this.databaseUrl,
      },
    });
  }
}
