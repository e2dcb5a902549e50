import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { down } from '../down';

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A workspace root for one test, with its own services; never the developer's. */
export class TemporaryWorkspace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'services-spec-')));

  constructor() {
    // Accessible to Postgres's account when the tests run as root.
    chmodSync(this.root, 0o755);
  }

  /** Runs `up`, `down` or `status` in a separate process, as a terminal would. */
  async run(
    args: string[],
    { uid, env = {} }: { uid?: number; env?: NodeJS.ProcessEnv } = {},
  ): Promise<CommandResult> {
    const child = spawn(
      process.execPath,
      [
        `--import=${pathToFileURL(createRequire(__filename).resolve('tsx')).href}`,
        join(__dirname, 'command.fixture.ts'),
        this.root,
        ...args,
      ],
      {
        uid,
        gid: uid,
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  }

  async remove(): Promise<void> {
    await down(this.root, { purge: true });
    rmSync(this.root, { recursive: true, force: true });
  }
}
