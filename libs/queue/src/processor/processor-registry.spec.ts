import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import {
  DuplicateProcessorError,
  ProcessorMissingError,
  ProcessorNameMismatchError,
  UnknownProcessorError,
} from './processor-registry.errors';
import { JobHost } from './job-host';
import { JobProcessor } from './job-processor.decorator';
import { loadProcessors, type ProcessorRegistry } from './processor-registry';

const emailJob = defineJob({ name: 'email', data: z.object({}) });
const reportJob = defineJob({ name: 'report', data: z.object({}) });

@JobProcessor(emailJob)
class EmailProcessor extends JobHost<typeof emailJob> {
  handle() {}
}

@JobProcessor(emailJob)
class OtherEmailProcessor extends JobHost<typeof emailJob> {
  handle() {}
}

@JobProcessor(reportJob)
class ReportProcessor extends JobHost<typeof reportJob> {
  handle() {}
}

/** A registry that records which of its files were loaded. */
function registryOf(files: Record<string, unknown>) {
  const loaded: string[] = [];
  const registry: ProcessorRegistry = Object.fromEntries(
    Object.entries(files).map(([name, exports]) => [
      name,
      () => {
        loaded.push(name);
        return Promise.resolve(exports);
      },
    ]),
  );
  return { registry, loaded };
}

async function failure(loading: Promise<unknown>): Promise<Error> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('It did not fail.');
  return error;
}

describe('a registry of processors', () => {
  it('gives all processors when nothing is selected', async () => {
    const { registry } = registryOf({ email: { EmailProcessor }, report: { ReportProcessor } });
    expect(await loadProcessors(registry)).toEqual([EmailProcessor, ReportProcessor]);
    expect(await loadProcessors(registry, { select: [] })).toHaveLength(2);
  });

  it('loads the files of the selected processors, and no other', async () => {
    const { registry, loaded } = registryOf({
      email: { EmailProcessor },
      report: { ReportProcessor },
    });
    expect(await loadProcessors(registry, { select: ['report'] })).toEqual([ReportProcessor]);
    expect(loaded).toEqual(['report']);
  });

  it('takes a processor once that is exported twice, and lets a file export other things', async () => {
    const exports = { default: EmailProcessor, EmailProcessor, emailJob, MAX: 5, nothing: null };
    const { registry } = registryOf({ email: exports });
    expect(await loadProcessors(registry)).toEqual([EmailProcessor]);
  });

  it('refuses unknown names before it loads anything, and lists the known ones', async () => {
    const { registry, loaded } = registryOf({
      report: { ReportProcessor },
      email: { EmailProcessor },
    });
    const select = ['email', 'emial', 'x'];
    const error = await failure(
      loadProcessors(registry, { select, selectedBy: 'WORKER_PROCESSORS' }),
    );
    expect(error).toBeInstanceOf(UnknownProcessorError);
    expect(error.message).toBe(
      'This worker has no processor named "emial", "x". It has: email, report. ' +
        'Correct WORKER_PROCESSORS, or leave it unset to run all of them.',
    );
    expect(loaded).toEqual([]);
  });

  it.each([
    ['exports no processor', { emailJob }],
    [
      'exports a class without the decorator',
      {
        Plain: class extends JobHost<typeof emailJob> {
          handle() {}
        },
      },
    ],
    ['exports nothing at all', undefined],
  ])('refuses a file that %s', async (_, exports) => {
    const error = await failure(loadProcessors(registryOf({ email: exports }).registry));
    expect(error).toBeInstanceOf(ProcessorMissingError);
    expect(error.message).toContain('The file registered as "email" exports no processor.');
    expect(error.message).toContain('@JobProcessor');
  });

  it('refuses a processor of another job than its entry says', async () => {
    const error = await failure(loadProcessors(registryOf({ mail: { EmailProcessor } }).registry));
    expect(error).toBeInstanceOf(ProcessorNameMismatchError);
    expect(error.message).toContain(
      'EmailProcessor is registered as "mail", but it processes "email" jobs.',
    );
  });

  it.each([
    ['in two files', { email: { EmailProcessor }, mail: { OtherEmailProcessor } }],
    ['in one file', { email: { EmailProcessor, OtherEmailProcessor } }],
  ])('refuses two processors of one job, %s', async (_, files) => {
    const error = await failure(loadProcessors(registryOf(files).registry));
    expect(error).toBeInstanceOf(DuplicateProcessorError);
    expect(error.message).toContain(
      'EmailProcessor and OtherEmailProcessor both process "email" jobs in this worker.',
    );
  });
});
