import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { until } from '@libs/testing';
import sharp from 'sharp';
import { imageSteps } from './support/dockerfile';
import { notify } from './support/notify';
import { System } from './support/system';

/* What an image runs in, by the namespaces of Linux: a container engine is not needed for it, root is. */

/** A user that no file of the system knows. */
const USER = '54321';

/** Everything is read-only; the process is the first of its PID namespace, and its user has neither name nor home. */
const CONTAINER = `
  for place in / /tmp; do
    if mountpoint -q "$place"; then mount -o remount,ro,bind "$place"; fi
  done
  unset HOME
  exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --no-new-privs --bounding-set=-all -- "$@"`;

const inContainer = (command: readonly string[]): { command: string; args: string[] } => ({
  command: 'unshare',
  args: [
    '--mount',
    '--pid',
    '--fork',
    '--mount-proc',
    '--',
    'sh',
    '-ec',
    CONTAINER,
    'sh',
    ...command,
  ],
});

const probe = inContainer(['true']);
const canContain = spawnSync(probe.command, probe.args).status === 0;

(canContain ? describe : describe.skip)('in a container (Linux, as root)', () => {
  let system: System;
  let api: string;

  beforeAll(async () => {
    system = await System.create();
    ({ url: api } = await system.startApi());
  });
  afterAll(() => system.close());

  test('a worker without a home and a writable file runs its jobs, and drains as PID 1', async () => {
    const folder = process.env['E2E_WORKER'] ?? '';
    // A temporary folder is its owner's, where that of an image is for all.
    await chmod(folder, 0o755);
    const [, ...args] = imageSteps(folder).start;
    const worker = system.start(
      'worker',
      { SMTP_URL: system.smtp.url, SHUTDOWN_DEADLINE: '10s' },
      inContainer([process.execPath, ...args]),
    );
    const picture = await sharp({
      create: { width: 800, height: 600, channels: 3, background: '#2a6f97' },
    })
      .png()
      .toBuffer();
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(picture)]), 'picture.png');
    const accepted = await Promise.all([
      notify(api, 'Contained'),
      // By sharp, in a process of its own.
      fetch(`${api}/images`, { method: 'POST', body: form }),
    ]);
    for (const response of accepted) {
      const job = `${api}${response.headers.get('location') ?? ''}`;
      await until(async () => {
        const { state } = (await (await fetch(job)).json()) as { state: string };
        if (state === 'failed' || !worker.running) throw new Error(worker.output);
        return state === 'completed';
      });
    }
    process.kill(onlyChildOf(worker.pid), 'SIGTERM');
    expect(await worker.exit()).toEqual({ code: 0, signal: null });
    expect(worker.output).toContain('SIGTERM: stopped');
  });
});

function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
