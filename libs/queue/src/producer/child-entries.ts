import type { JobsOptions, Queue } from 'bullmq';
import { encodeJson } from '../contract/encode-json';
import type { ChildFailureMode, JobContract } from '../contract/job-contract';
import type { AddOptions } from '../contract/job-options';
import type { FieldProblem } from '../contract/parse-json';
import { JobOptionError } from '../limits/invalid-option.errors';
import { LONGEST_ID } from '../limits/numbers';
import type { ChildEntries, ChildEntry } from '../store/queue-store';
import { addOptions } from './add-options';

/** The children of a job as a caller passes them; their types are checked where they are passed. */
export type GivenChildren = Readonly<Record<string, readonly GivenChild[] | undefined>>;

interface GivenChild {
  readonly data: unknown;
  readonly options?: AddOptions;
  readonly children?: GivenChildren;
}

/**
 * BullMQ's words for what a child's failure does. Its `continueParentOnFailure` starts the parent while other children
 * still run, and fails it when it ends before them.
 */
const MODE_OPTIONS: Readonly<Record<ChildFailureMode, JobsOptions>> = {
  fail: { failParentOnFailure: true },
  continue: { ignoreDependencyOnFailure: true },
  ignore: { removeDependencyOnFailure: true },
};

/** What an id may be long if the ids of children are made of it. */
const LONGEST_PARENT_ID = LONGEST_ID / 2;

/** Validates the children of jobs, and prepares them for a store. */
export class ChildEntriesOf {
  /** What is wrong with the data of children. */
  readonly problems: FieldProblem[] = [];

  constructor(
    /** The contract of the job that is added. */
    private readonly root: string,
    private readonly queueOf: (job: JobContract) => Queue,
  ) {}

  /**
   * @param path where they are among the arguments, such as `[2].`, for errors
   * @returns undefined if there is none
   * @throws JobOptionError if there are such that the contract does not have, or an option is not valid.
   */
  async prepare(
    job: JobContract,
    given: GivenChildren | undefined,
    options: AddOptions = {},
    path = '',
  ): Promise<ChildEntries | undefined> {
    const groups = Object.entries(given ?? {}).filter(([, list = []]) => list.length > 0);
    if (groups.length === 0) return undefined;
    this.requireParent(options, path);
    const prepared = await Promise.all(
      groups.map(async ([name, list = []]) => {
        const entries = list.map((child, index) =>
          this.entry(job, name, child, `${path}children.${name}[${index}]`),
        );
        return [name, await Promise.all(entries)] as const;
      }),
    );
    return Object.fromEntries(prepared);
  }

  private async entry(
    job: JobContract,
    name: string,
    child: GivenChild,
    path: string,
  ): Promise<ChildEntry> {
    const defined = Object.hasOwn(job.children, name) ? job.children[name] : undefined;
    if (defined === undefined) {
      const known = Object.keys(job.children);
      const expected =
        known.length === 0
          ? `no children: the contract "${job.name}" has none`
          : `the children that the contract "${job.name}" has: ${known.join(', ')}`;
      throw this.refuse(path.replace(/\[\d+\]$/, ''), child, expected);
    }
    const { job: contract, onFailure } = defined;
    const { options = {} } = child;
    this.requireChild(options, `${path}.`);
    const encoded = await encodeJson(contract.data, child.data);
    if (!encoded.ok) {
      for (const { field, problem } of encoded.problems) {
        const at = field === '' || field.startsWith('[') ? field : `.${field}`;
        this.problems.push({ field: `${path}${at}`, problem });
      }
    }
    const queue = this.queueOf(contract);
    const children = await this.prepare(contract, child.children, {}, `${path}.`);
    // Nothing is added: options that follow from the data need not be known.
    if (!encoded.ok) return { queue, name: contract.name, data: undefined, children };
    const owner = { ...contract, name: this.root };
    const opts = addOptions(owner, encoded.value, options, `${path}.`);
    return {
      queue,
      name: contract.name,
      data: encoded.json,
      opts: { ...opts, ...MODE_OPTIONS[onFailure] },
      children,
    };
  }

  private requireParent({ jobId, deduplication }: AddOptions, path: string): void {
    if (deduplication !== undefined) {
      const expected =
        'no deduplication for a job with children: those of a job that is dropped would run';
      throw this.refuse(`${path}deduplication`, deduplication, expected);
    }
    if (jobId !== undefined && Buffer.byteLength(jobId) > LONGEST_PARENT_ID) {
      const expected = `an id of at most ${LONGEST_PARENT_ID} bytes: the ids of its children are made of it`;
      throw this.refuse(`${path}jobId`, jobId, expected);
    }
  }

  private requireChild({ jobId, deduplication }: AddOptions, path: string): void {
    if (jobId !== undefined) {
      const expected = 'no id for a child: it is made of that of its parent';
      throw this.refuse(`${path}jobId`, jobId, expected);
    }
    if (deduplication !== undefined) {
      const expected =
        'no deduplication for a child: one that is dropped would leave its parent waiting';
      throw this.refuse(`${path}deduplication`, deduplication, expected);
    }
  }

  private refuse(option: string, value: unknown, expected: string): JobOptionError {
    return new JobOptionError(this.root, { option, value, expected });
  }
}
