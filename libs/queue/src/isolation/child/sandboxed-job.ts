import { Job } from 'bullmq';
import { SandboxedJobMethodError } from '../wire/sandboxed-job-method.error';
import { type ForwardedMethod, isForwarded } from '../wire/forwarded-methods';
import type { JobFields } from '../wire/job-fields';

/** Requests that the parent call a method of the job. */
export type CallParent = (method: ForwardedMethod, args: readonly unknown[]) => Promise<unknown>;

/** The field of the job that each of these methods updates. */
const UPDATED: Readonly<Partial<Record<ForwardedMethod, 'data' | 'progress'>>> = {
  updateData: 'data',
  updateProgress: 'progress',
};

/** Members defined on the sandboxed job itself. */
const OWN: ReadonlySet<string> = new Set(['constructor', 'toJSON']);

/**
 * The job for a handler in a child: its fields, the methods that the parent can call for it, and all
 * others, which throw that they cannot be called here.
 */
export function sandboxedJob(fields: JobFields, callParent: CallParent): Job {
  const job: Record<string, unknown> = { ...fields };
  for (const method of methodsOf(Job.prototype)) {
    const value = isForwarded(method) ? forward(job, method, callParent) : refuse(method);
    Object.defineProperty(job, method, { value });
  }
  Object.defineProperty(job, 'toJSON', { value: () => ({ ...job }) });
  // Every public method exists, with BullMQ's types.
  return job as unknown as Job;
}

function forward(job: Record<string, unknown>, method: ForwardedMethod, callParent: CallParent) {
  const field = UPDATED[method];
  return async (...args: unknown[]): Promise<unknown> => {
    const value = await callParent(method, args);
    if (field !== undefined) job[field] = args[0];
    return value;
  };
}

function refuse(method: string) {
  return (): never => {
    throw new SandboxedJobMethodError(method);
  };
}

function methodsOf(prototype: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => typeof value === 'function' && !OWN.has(name))
    .map(([name]) => name);
}
