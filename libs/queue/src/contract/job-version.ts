import { reasonOf } from '../text/reason-of';
import type { JobContract } from './job-contract';
import { parse, type Parsed } from './parse-json';

/** The option of a stored job that says of which version of its contract its data is. BullMQ keeps it as it is. */
const DATA_VERSION = 'dataVersion';

/** A stored job, as far as its data goes. */
export interface StoredJob {
  readonly data: unknown;
  readonly opts: object;
}

/** The option of a new job. A job of version 1 has none, as jobs of contracts without a version. */
export function versionOption({ version = 1 }: Partial<Pick<JobContract, 'version'>>): object {
  return version === 1 ? {} : { [DATA_VERSION]: version };
}

/** The version of a stored job's data. */
export function versionOf({ opts }: Pick<StoredJob, 'opts'>): number {
  const version: unknown = Reflect.get(opts, DATA_VERSION);
  return typeof version === 'number' ? version : 1;
}

/** Whether a stored job is of a later version than this contract. */
export function isNewer(job: Pick<StoredJob, 'opts'>, { version }: JobContract): boolean {
  return versionOf(job) > version;
}

/** Parses the data of a stored job, which is upgraded first if it is of an earlier version. */
export async function parseStored<Contract extends JobContract>(
  contract: Contract,
  job: StoredJob,
): Promise<Parsed<Contract['data']>> {
  const { version, upgrade } = contract;
  const from = versionOf(job);
  if (from >= version || upgrade === undefined) return parse(contract.data, job.data);
  let upgraded: unknown;
  try {
    upgraded = await upgrade(job.data, from);
  } catch (error) {
    const problem = `its upgrade from version ${from} to ${version} failed (${reasonOf(error)})`;
    return { ok: false, problems: [{ field: '', problem }] };
  }
  return parse(contract.data, upgraded);
}
