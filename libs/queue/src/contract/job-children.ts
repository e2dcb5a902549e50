import type {
  ChildFailureMode,
  ChildJobs,
  JobChildren,
  JobContract,
  JobInput,
} from './job-contract';
import { FlowContractError } from './job-children.error';
import type { JobOptions } from './job-options';
import type { SchemaOutput } from './standard-schema';

/** As `defineJob` takes them: a contract alone stands for its jobs with the mode `fail`. */
export type ChildrenDefinition = Readonly<
  Record<string, JobContract | { readonly job: JobContract; readonly onFailure?: ChildFailureMode }>
>;

/** The children that a definition stands for. */
export type DefinedChildren<Definition extends ChildrenDefinition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends JobContract
    ? ChildJobs<Definition[Name], 'fail'>
    : Definition[Name] extends { readonly job: infer Job extends JobContract }
      ? ChildJobs<
          Job,
          Definition[Name] extends { readonly onFailure: infer Mode extends ChildFailureMode }
            ? Mode
            : 'fail'
        >
      : never;
};

/** One child to add, with its own children. It has no id and no deduplication of its own. */
export type ChildInput<Job extends JobContract> = {
  readonly data: JobInput<Job>;
  /** Override the options of the child's contract, for this job only. */
  readonly options?: JobOptions;
} & ChildrenOption<Job>;

/** The children to add with a job, by name. */
export type ChildrenInput<Children extends JobChildren> = {
  readonly [Name in keyof Children]?: readonly ChildInput<Children[Name]['job']>[];
};

/** What `add` takes besides: the children, if the contract has some. */
export type ChildrenOption<Job extends JobContract> = keyof Job['children'] extends never
  ? { readonly children?: undefined }
  : {
      /** The job waits until all of them have ended. Without any, it does not wait. */
      readonly children?: ChildrenInput<Job['children']>;
    };

/** A child that has completed. */
export interface CompletedChild<Job extends JobContract> {
  readonly id: string;
  readonly result: SchemaOutput<Job['result']>;
  readonly failure?: undefined;
}

/** A child that has failed permanently, was cancelled, or was removed before it had ended. */
export interface FailedChild {
  readonly id: string;
  readonly failure: string;
  readonly result?: undefined;
}

/** A child that has ended, as its parent's handler receives it. */
export type EndedChild<Children extends ChildJobs> = Children['onFailure'] extends 'continue'
  ? CompletedChild<Children['job']> | FailedChild
  : CompletedChild<Children['job']>;

/** The children of a job, by name, in the order in which they were added. */
export type EndedChildren<Job extends JobContract> = {
  readonly [Name in keyof Job['children']]: readonly EndedChild<Job['children'][Name]>[];
};

const MODES: ReadonlySet<unknown> = new Set<ChildFailureMode>(['fail', 'continue', 'ignore']);

/** Options that exclude children, and why. */
const EXCLUDED: Readonly<Record<string, string>> = {
  dedupe:
    'cannot be used together with children: those of a job that is dropped would run for nothing. Use an id of your own (jobId) with each "add" instead.',
  limit:
    'cannot be used together with children: a job that its children let go on does not wait for room in its key. Limit the children instead.',
};

/** A name is a part of the ids of children, and of their paths in errors. */
const CHILD_NAME = /^[a-zA-Z][a-zA-Z0-9]*$/;

/**
 * Completes and checks the children of a contract.
 *
 * @param options which others the contract has, of those that exclude children
 * @throws FlowContractError
 */
export function defineChildren(
  job: string,
  definition: ChildrenDefinition | undefined,
  options: readonly string[],
): JobChildren {
  const children: Record<string, ChildJobs> = {};
  for (const [name, given] of Object.entries(definition ?? {})) {
    const { job: child, onFailure = 'fail' } = isContract(given) ? { job: given } : given;
    const refuse = (problem: string) => new FlowContractError(job, `children.${name}`, problem);
    if (!CHILD_NAME.test(name)) {
      throw refuse('has a name that is not made of letters and digits. Use one such as "days".');
    }
    if (!isContract(child)) {
      throw refuse('is not a contract. Pass what defineJob has returned, or { job, onFailure }.');
    }
    if (!MODES.has(onFailure)) {
      throw refuse(
        `has the mode ${JSON.stringify(onFailure)} for failures. Use "fail", "continue" or "ignore".`,
      );
    }
    if (child.name === job || descendantsOf(child).includes(job)) {
      throw refuse(
        `leads back to "${job}" itself, so that its jobs could wait for each other without end. Give the inner job a contract of its own.`,
      );
    }
    if (child.dedupe !== undefined) {
      throw refuse(
        `has the deduplication of "${child.name}": a child that is dropped would leave its parent waiting. Define a contract without "dedupe" for the children.`,
      );
    }
    children[name] = Object.freeze({ job: child, onFailure });
  }
  const [option] = Object.keys(children).length > 0 ? options : [];
  if (option !== undefined) throw new FlowContractError(job, option, EXCLUDED[option] ?? '');
  return Object.freeze(children);
}

/** The contracts of all jobs that may be added with one of this contract, itself included. */
export function contractsOf(job: JobContract): readonly JobContract[] {
  const all = Object.values(job.children).flatMap(({ job: child }) => contractsOf(child));
  return [...new Set([job, ...all])];
}

export function hasChildren({ children }: Pick<JobContract, 'children'>): boolean {
  return Object.keys(children).length > 0;
}

function descendantsOf(job: JobContract): string[] {
  return contractsOf(job).map(({ name }) => name);
}

function isContract(value: unknown): value is JobContract {
  return typeof value === 'object' && value !== null && 'data' in value && 'keep' in value;
}
