import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FOLDER, isUpToDate, type ProgramRecord, stamp, workspaceStamp } from './built-program.cjs';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

describe('the program of the commands', () => {
  let root: string;
  let record: ProgramRecord;

  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const isCurrent = (): boolean => isUpToDate(root, record);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'built-program-'));
    write('libs/jobs/src/email.job.ts', 'export const emailJob = 1;');
    write(`${FOLDER}/program/queue.js`);
    for (const folder of ['', 'libs', 'libs/jobs', 'libs/jobs/src']) {
      utimesSync(join(root, folder), LONG_AGO, LONG_AGO);
    }
    record = {
      folder: 'program',
      sources: '',
      node: process.version,
      inputs: [stamp(root, 'libs/jobs/src/email.job.ts')],
      ...workspaceStamp(root),
    };
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is as it was while nothing changes, or only what it does not depend on', () => {
    expect(isCurrent()).toBe(true);
    write('libs/jobs/src/email.job.spec.ts');
    write('docs/guides/first.md');
    expect(isCurrent()).toBe(true);
  });

  it.each([
    ['a job', 'libs/jobs/src/invoice.job.ts'],
    ['a processor in a new folder', 'apps/worker/src/processors/invoice/invoice.processor.ts'],
    ['a project', 'apps/media/project.json'],
    ['settings of the compiler', 'libs/jobs/tsconfig.json'],
  ])('is built again when there is %s more, or no longer', (_, path) => {
    write(path);
    expect(isCurrent()).toBe(false);
    record = { ...record, ...workspaceStamp(root) };
    expect(isCurrent()).toBe(true);
    rmSync(join(root, path));
    expect(isCurrent()).toBe(false);
  });

  it('is built again when a file comes so soon that its folder has the same time', () => {
    const now = new Date();
    utimesSync(join(root, 'libs/jobs/src'), now, now);
    record = { ...record, ...workspaceStamp(root) };
    write('libs/jobs/src/invoice.job.ts');
    utimesSync(join(root, 'libs/jobs/src'), now, now);
    expect(isCurrent()).toBe(false);
  });

  it('is built again when a source has another content, not when it only has another time', () => {
    utimesSync(join(root, 'libs/jobs/src/email.job.ts'), new Date(), new Date());
    expect(isCurrent()).toBe(true);
    write('libs/jobs/src/email.job.ts', 'export const emailJob = 2;');
    utimesSync(join(root, 'libs/jobs/src/email.job.ts'), LONG_AGO, LONG_AGO);
    expect(isCurrent()).toBe(false);
  });
});
