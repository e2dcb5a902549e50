import { reasonOf } from '../text/reason-of';
import type { JobContract } from './job-contract';
import { parse, type Parsed } from './parse-json';

/** What a stored job says of its data, beside BullMQ's options: of which version of the contract it is. BullMQ keeps it. */
interface VersionedOptions {
  readonly dataVersion?: unknown;
}

/** A stored job, as far as its data goes. */
export interface StoredJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts: object;
}

/** The option of a new job. A job of version 1 has none, as jobs of contracts without a version. */
export function versionOption({
  version = 1,
}: Partial<Pick<JobContract, 'version'>>): VersionedOptions {
  return version === 1 ? {} : { dataVersion: version };
}

/** The version of a stored job's data. */
export function versionOf({ opts }: Pick<StoredJob, 'opts'>): number {
  const { dataVersion: version }: VersionedOptions = opts;
  return typeof version === 'number' ? version : 1;
}

/** Whether a stored job is of a later version than this contract. */
export function isNewer(job: Pick<StoredJob, 'opts'>, { version }: JobContract): boolean {
  return versionOf(job) > version;
}

/** Parses the data of a stored job, which is upgraded first if it is of an earlier version. */
export function parseStored<Contract extends JobContract>(
  contract: Contract,
  job: StoredJob,
): Promise<Parsed<Contract['data']>> {
  const from = versionOf(job);
  const isCurrent = from >= contract.version || contract.upgrade === undefined;
  return isCurrent ? parse(contract.data, job.data) : parseUpgraded(contract, job, from);
}

async function parseUpgraded<Contract extends JobContract>(
  { data, version, upgrade }: Contract,
  job: StoredJob,
  from: number,
): Promise<Parsed<Contract['data']>> {
  let upgraded: unknown;
  try {
    upgraded = await upgrade?.(job.data, from, job.name);
  } catch (error) {
    const problem = `its upgrade from version ${from} to ${version} failed (${reasonOf(error)})`;
    return { ok: false, problems: [{ field: '', problem }] };
  }
  return parse(data, upgraded);
}

/** Whether a job with this name is one of the contract. */
export function isNamedIn(
  { name, accepts }: Pick<JobContract, 'name' | 'accepts'>,
  found: string,
): boolean {
  return found === name || accepts.includes(found);
}
