import { join } from 'node:path';
import { queueTree, writeContract } from '../../testing/queue-tree';
import { DiskFiles, readQueueWorkspace } from '../../workspace/index';
import { readContractFile } from '../../workspace/contracts';
import processorGenerator from './processor';
import type { ProcessorOptions } from './processor-options';
import { checkByRuntime, ScheduleOptionError } from './schedule-options';

const CONTRACT = 'packages/agreements/source/cleanup.job.ts';
const ROOT = join(__dirname, '../../../..');

/** The runtime of this workspace, which the workspace in memory has not. */
const runtime = () =>
  readQueueWorkspace(new DiskFiles(ROOT), {
    queue: { root: 'libs/queue', sourceRoot: 'libs/queue/src', tags: ['queue:runtime'] },
  });

function generate(options: Partial<ProcessorOptions>, tree = queueTree()) {
  const all = { name: 'cleanup', skipFormat: true, ...options };
  return processorGenerator(tree, all, (_root, _workspace, job, schedule) =>
    checkByRuntime(ROOT, runtime(), job, schedule),
  ).then(() => tree);
}

describe('nx g @tools/queue:processor --cron, --every and --timezone', () => {
  it('write the schedule into the contract, with data that it accepts', async () => {
    const tree = await generate({ cron: '0 3 * * *', timezone: 'Europe/Berlin' });
    const text = tree.read(CONTRACT, 'utf-8') ?? '';
    expect(text).toContain(
      'schedule: {"cron":"0 3 * * *","timezone":"Europe/Berlin","data":{"id":"scheduled"}}',
    );
    expect(readContractFile(CONTRACT, text, 'agreements').contracts).toHaveLength(1);
  });

  it('write nothing if the runtime refuses the schedule', async () => {
    const tree = queueTree();
    const before = tree.listChanges().length;
    await expect(generate({ cron: '0 3 * *' }, tree)).rejects.toThrow(ScheduleOptionError);
    expect(tree.listChanges()).toHaveLength(before);
  });

  it('are refused without an expression, and for a contract that exists', async () => {
    await expect(generate({ timezone: 'Europe/Berlin' })).rejects.toThrow(
      '--timezone needs --cron',
    );
    const tree = queueTree();
    writeContract(tree, 'cleanup');
    await expect(generate({ every: '15m' }, tree)).rejects.toThrow(
      /exists, and is used unchanged[^]*schedule: \{"every":"15m"\}/,
    );
  });

  it('leave a job without them without a schedule', async () => {
    const tree = await generate({});
    expect(tree.read(CONTRACT, 'utf-8')).not.toContain('schedule');
  });
});
