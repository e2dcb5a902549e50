import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, threadId } from 'node:worker_threads';
import { NonRetryableError } from '../../errors/non-retryable.error';
import { RetryAfterError } from '../../attempt/retry-after.error';
import type { JobContext } from '../../attempt/job-context';
import { JobHost } from '../../processor/job-host';
import { InjectJob } from '../../producer/inject-job.decorator';
import { JobProducer } from '../../producer/job-producer';
import { Greeter } from './greeter.module';
import { noteJob, type ProbeJob } from './probe.contract';

/** Nothing notifies who waits for it. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/**
 * The base class of the processors in these tests: performs the action in its job's data, good or bad, and
 * reports where it ran.
 */
export abstract class ProbeHost extends JobHost<ProbeJob> {
  constructor(
    private readonly greeter: Greeter,
    @InjectJob(noteJob) private readonly notes: JobProducer<typeof noteJob>,
  ) {
    super();
  }

  async handle(context: JobContext<ProbeJob>) {
    const { data, progress } = context;
    // Tells a waiting test that the job runs, and where.
    await progress({ pid: process.pid, thread: threadId });
    const details = await this.act(context);
    return {
      greeting: this.greeter.greet(data.name),
      pid: process.pid,
      thread: threadId,
      details,
    };
  }

  private async act(context: JobContext<ProbeJob>): Promise<Record<string, unknown>> {
    const { data, attempt, signal, job, log } = context;
    switch (data.do) {
      case 'greet':
        await log(`attempt ${attempt} of ${data.name}`);
        return { day: data.day instanceof Date ? data.day.getTime() : undefined };
      case 'use-job':
        return this.useJob(context);
      case 'enqueue':
        return { ...(await this.notes.add({ text: data.name })) };
      case 'wrong-result':
        return 'nothing' as never;
      case 'throw':
        throw new TypeError('no luck', { cause: new Error('a reason') });
      case 'give-up':
        throw new NonRetryableError('never again');
      case 'retry-later':
        if (attempt === 1) throw new RetryAfterError(1, 'a moment, please');
        return { attempt };
      case 'hold':
        if (!signal.aborted) await once(signal, 'abort');
        await log(`aborted: ${(signal.reason as Error).name}`);
        throw signal.reason;
      case 'wait-for-file':
        while (!existsSync(data.name)) await sleep(20, undefined, { signal });
        return {};
      case 'ignore-abort':
        await sleep(600_000);
        return {};
      case 'loop':
        // Never lets its event loop run, and leaves the processor to the other tests.
        for (;;) Atomics.wait(NEVER, 0, 0, 10);
      case 'burn':
        // Never leaves its own code.
        for (;;);
      case 'crash':
        process.kill(process.pid, 'SIGSEGV');
        await sleep(600_000);
        return {};
      case 'crash-once':
        if (existsSync(data.name)) return {};
        writeFileSync(data.name, String(process.pid));
        process.kill(process.pid, 'SIGSEGV');
        await sleep(600_000);
        return {};
      case 'exit':
        process.exit(3);
        break;
      case 'not-catch':
        setImmediate(() => {
          throw new Error('nobody caught me');
        });
        await once(signal, 'abort');
        return {};
      case 'reject':
        void Promise.reject(new Error('nobody awaited me'));
        await once(signal, 'abort');
        return {};
      case 'fill-memory':
        // V8 explains on standard error why it ends the process; Jest would mistake that for its own end.
        if (isMainThread) {
          closeSync(2);
          openSync('/dev/null', 'w');
        }
        for (const all: unknown[] = []; ;) all.push(new Array(10_000).fill(all.length));
      case 'leave-a-crash':
        setInterval(() => {
          if (existsSync(data.name)) throw new Error('too late to catch me');
        }, 20);
        return {};
      case 'leave-behind':
        setTimeout(() => void log('late'), 50);
        setInterval(() => undefined, 600_000);
        return { id: job.id };
    }
  }

  private async useJob({ job }: JobContext<ProbeJob>): Promise<Record<string, unknown>> {
    await job.updateData({ ...(job.data as object), name: 'renamed' });
    let refused = '';
    try {
      await job.moveToDelayed(Date.now() + 1_000);
    } catch (error) {
      refused = (error as Error).message;
    }
    return {
      id: job.id,
      queue: job.queueName,
      added: job.timestamp,
      attempts: job.opts.attempts,
      data: job.data,
      progress: job.progress,
      json: JSON.parse(JSON.stringify(job)) as unknown,
      state: await job.getState(),
      refused,
    };
  }
}
