import { pathToFileURL } from 'node:url';
import { OnWorkerEvent } from '@nestjs/bullmq';
import * as z from 'zod';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';
import { getProcessorMetadata } from '../../processor/processor-metadata';
import { defineJob } from '../../contract/define-job';
import { IsolatedEventsError, SandboxMissingError } from './with-sandboxes.errors';
import { withSandboxes } from './with-sandboxes';

const job = defineJob({ name: 'resize', data: z.object({}) });

class Handler extends JobHost<typeof job> {
  handle(): void {
    // These tests run no job.
  }
}

@JobProcessor(job, { isolation: 'process', concurrency: 3, lockDuration: 5_000, imports: [] })
class ResizeProcessor extends Handler {}

@JobProcessor(job)
class PlainProcessor extends Handler {}

@JobProcessor(job, { isolation: { kind: 'thread' } })
class ListeningProcessor extends Handler {
  @OnWorkerEvent('completed')
  onCompleted(): void {
    // Would never be called.
  }
}

/** Any existing file will do. */
const entry = pathToFileURL(__filename);

describe('a worker with isolated processors', () => {
  it('has something else in their place, with the same name, job and options, and no dependencies', () => {
    const [standIn] = withSandboxes([ResizeProcessor], entry);
    expect(standIn).not.toBe(ResizeProcessor);
    expect(standIn?.name).toBe('ResizeProcessor');
    const metadata = getProcessorMetadata(standIn as object);
    expect(metadata).toMatchObject({
      job,
      concurrency: 3,
      workerOptions: { lockDuration: 5_000 },
    });
    expect(metadata?.imports).toBeUndefined();
  });

  it('runs all others itself, and needs no file for that', () => {
    expect(withSandboxes([PlainProcessor], entry)).toEqual([PlainProcessor]);
    expect(withSandboxes([PlainProcessor], undefined)).toEqual([PlainProcessor]);
  });

  it('runs isolated ones itself as well if it is told so, as tests do', () => {
    expect(withSandboxes([ResizeProcessor], false)).toEqual([ResizeProcessor]);
  });

  it('does not start without a file for their children, and says how to name one', () => {
    const start = () => withSandboxes([ResizeProcessor, PlainProcessor], undefined);
    expect(start).toThrow(SandboxMissingError);
    expect(start).toThrow(/^ResizeProcessor is isolated, and .* Pass `sandbox: new URL\(/);
  });

  it('does not start if there is no such file, and says how it gets built', () => {
    const missing = pathToFileURL('/nowhere/sandbox.js');
    const start = () => withSandboxes([ResizeProcessor], missing);
    expect(start).toThrow(SandboxMissingError);
    expect(start).toThrow(/there is no .*nowhere\/sandbox\.js .* built from the sandbox\.ts/);
  });

  it('does not start with one that listens to its worker, which it would never hear', () => {
    const start = () => withSandboxes([ListeningProcessor], entry);
    expect(start).toThrow(IsolatedEventsError);
    expect(start).toThrow(
      /^ListeningProcessor is isolated, .*\(onCompleted\) would never be called/,
    );
  });
});
