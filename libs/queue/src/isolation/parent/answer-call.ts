import type { Job } from 'bullmq';
import { transferError } from '../wire/error-transfer';
import {
  SandboxedJobEndedError,
  SandboxedJobMethodError,
} from '../wire/sandboxed-job-method.error';
import { type ForwardedMethod, isForwarded } from '../wire/forwarded-methods';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';

type Call = Extract<FromChild, { type: 'call' }>;
/** The arguments were type-checked where the handler passed them. */
type Forwarded = Record<ForwardedMethod, (...args: readonly unknown[]) => Promise<unknown>>;
type Answer = Extract<ToChild, { type: 'answer' }>;

/** Calls a method of the job on behalf of a handler in a child. */
export async function answerCall(
  job: Job | undefined,
  { call, method, args }: Call,
): Promise<Answer> {
  try {
    if (job === undefined) throw new SandboxedJobEndedError(method);
    if (!isForwarded(method)) throw new SandboxedJobMethodError(method);
    const value = await (job as unknown as Forwarded)[method](...args);
    return { type: 'answer', call, value };
  } catch (error) {
    return { type: 'answer', call, error: transferError(error) };
  }
}
