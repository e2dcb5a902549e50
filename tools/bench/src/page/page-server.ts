import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ExperimentError, spawnProgram, WORKSPACE_ROOT } from '@tools/experiment';
import { processUsage } from '../measure/process-usage';

/** A process that serves the page of queues, and has no workers. */
export class PageServer {
  private constructor(
    private readonly child: ChildProcess,
    /** Of the page, with a slash at the end. */
    readonly url: string,
  ) {}

  static async start(file: string, store: string, queues: readonly string[]): Promise<PageServer> {
    const args = [file, store, queues.join(',')];
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = spawnProgram(process.execPath, args, { cwd: WORKSPACE_ROOT, env });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = once(child, 'exit').then(() => {
      throw new ExperimentError(`The server of the page has ended:\n${errors}`);
    });
    const [line] = (await Promise.race([ended, once(child.stdout, 'data')])) as [Buffer];
    ended.catch(() => undefined);
    return new PageServer(child, line.toString().trim());
  }

  /** Its CPU time so far, in milliseconds. */
  async cpu(): Promise<number> {
    return (await processUsage(this.child)).cpu ?? NaN;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
