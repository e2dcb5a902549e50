import { Logger, Scope, type INestApplicationContext } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type AttemptMark, currentAttempt, inAttempt } from '../../attempt/attempt-scope';
import { ScopedProcessorError } from '../../processor/scoped-processor.error';
import type { JobHost } from '../../processor/job-host';
import { processorModule } from '../../processor/processor-module';
import { loadProcessors } from '../../processor/processor-registry';
import type { ProcessorClass } from '../../processor/processor-class';
import type { JobContract } from '../../contract/job-contract';
import { rebuildError, transferError } from '../wire/error-transfer';
import { ParentCalls } from './parent-calls';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../../options/queue-module-options';
import type { ParentChannel } from './parent-channel';
import type { RunSandboxOptions } from './run-sandbox-options';
import { sandboxedJob } from './sandboxed-job';
import type { ToChild } from '../wire/sandbox-protocol';

type Run = Extract<ToChild, { type: 'run' }>;

/** Undefined if the context of the child has no queues. */
function queueOptionsOf(context: INestApplicationContext): QueueModuleOptions | undefined {
  try {
    return context.get<QueueModuleOptions>(QUEUE_MODULE_OPTIONS, { strict: false });
  } catch {
    return undefined;
  }
}

/** The child's side of a sandbox: one processor, created once, runs one job after the other. */
export class SandboxRunner {
  private readonly calls: ParentCalls;
  private starting: Promise<void> = Promise.resolve();
  private context: INestApplicationContext | undefined;
  private host: JobHost<JobContract> | undefined;
  private queues: QueueModuleOptions | undefined;
  private current: { run: number; abort: AbortController } | undefined;

  constructor(
    private readonly parent: ParentChannel,
    private readonly options: RunSandboxOptions,
  ) {
    this.calls = new ParentCalls(parent);
  }

  receive(message: ToChild): void {
    switch (message.type) {
      case 'start':
        this.starting = this.start(message.processor);
        break;
      case 'run':
        void this.run(message);
        break;
      case 'abort':
        if (this.current?.run === message.run) {
          this.current.abort.abort(rebuildError(message.reason));
        }
        break;
      case 'answer':
        this.calls.answer(message);
        break;
      case 'close':
        void this.close();
        break;
    }
  }

  /** Ends this child with an uncaught error. */
  crash(error: unknown): void {
    const { message, stack } = transferError(error);
    const attempt = currentAttempt();
    const leftBy = attempt?.state === 'ended' ? `${attempt.queue} ${attempt.id}` : undefined;
    const where = leftBy === undefined ? '' : `, in code that job ${leftBy} had left running`;
    new Logger('Sandbox').error(`Not caught${where}: ${message}`, stack);
    this.parent.send({ type: 'uncaught', error: transferError(error), leftBy });
    this.parent.end(1);
  }

  private async start(name: string): Promise<void> {
    try {
      const [processor] = await loadProcessors(this.options.registry, { select: [name] });
      // Present, or loading would have failed.
      this.host = await this.make(processor as ProcessorClass, name);
      this.parent.send({ type: 'ready' });
    } catch (error) {
      this.parent.send({ type: 'refused', error: transferError(error) });
      this.parent.end(1);
    }
  }

  /** @throws ScopedProcessorError if there is no single instance of it. */
  private async make(processor: ProcessorClass, name: string): Promise<JobHost<JobContract>> {
    this.context = await this.options.createContext(processorModule(processor), name);
    const { scope } = this.context.get(ModuleRef).introspect(processor);
    if (scope !== Scope.DEFAULT) throw new ScopedProcessorError(processor.name);
    this.queues = queueOptionsOf(this.context);
    return this.context.get(processor, { strict: false });
  }

  private async run({ run, job: fields, children, trace }: Run): Promise<void> {
    const abort = new AbortController();
    this.current = { run, abort };
    const mark: AttemptMark = {
      queue: fields.queueName,
      id: fields.id ?? '',
      attempt: fields.attemptsMade + 1,
      state: 'running',
    };
    try {
      const job = sandboxedJob(fields, (method, args) => this.calls.call(run, method, args));
      const result: unknown = await this.inTrace(trace, () =>
        inAttempt(mark, () => this.host?.runAttempt(job, abort, children)),
      );
      this.parent.send({ type: 'completed', run, result });
    } catch (error) {
      this.parent.send({ type: 'failed', run, error: transferError(error) });
    } finally {
      mark.state = 'ended';
    }
  }

  /** Runs code as a part of the trace that its worker has sent. */
  private inTrace<Result>(trace: string | undefined, run: () => Result): Result {
    const { telemetry } = this.queues ?? {};
    if (trace === undefined || telemetry === undefined) return run();
    const { contextManager } = telemetry;
    const context: unknown = contextManager.fromMetadata(contextManager.active(), trace);
    return contextManager.with<() => Result>(context, run);
  }

  private async close(): Promise<void> {
    await this.starting;
    try {
      await this.context?.close();
      this.parent.end(0);
    } catch (error) {
      this.crash(error);
    }
  }
}
