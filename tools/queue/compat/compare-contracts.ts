import type { DescribedContract } from './describe-contracts';
import type { JsonSchema } from './json-schema';
import { narrowings } from './narrowed-schema';

/** A change of a contract that breaks jobs which were queued before it. */
export interface BreakingChange {
  /** The contract's name. */
  readonly job: string;
  /** The field of its data; empty for the contract as a whole. */
  readonly field: string;
  /** A sentence. */
  readonly problem: string;
}

export interface Comparison {
  readonly breaking: readonly BreakingChange[];
  /** Contracts whose data cannot be compared, because a schema is not one of zod. */
  readonly unknown: readonly string[];
}

/** Compares the contracts of a commit with those of a later one. */
export function compareContracts(
  before: readonly DescribedContract[],
  after: readonly DescribedContract[],
): Comparison {
  const breaking: BreakingChange[] = [];
  const unknown: string[] = [];
  for (const old of before) {
    const now = after.find(({ name }) => name === old.name);
    const found = breakingChanges(old, now);
    if (found === undefined) unknown.push(old.name);
    else breaking.push(...found);
    if (now !== undefined) breaking.push(...refusedNames(old, now));
  }
  return { breaking, unknown };
}

function breakingChanges(
  { name: job, version, data }: DescribedContract,
  now: DescribedContract | undefined,
): BreakingChange[] | undefined {
  const change = (problem: string, field = ''): BreakingChange => ({ job, field, problem });
  if (now === undefined) {
    return [
      change(
        'There is no contract of that name any more: its jobs would wait for ever. Keep it, and its processor, until its queue is empty.',
      ),
    ];
  }
  if (now.version < version) {
    return [change(`Its version goes back from ${version} to ${now.version}.`)];
  }
  if (now.version > version) {
    if (now.hasUpgrade) return [];
    return [
      change(
        `Its version goes up from ${version} to ${now.version}, and it has no upgrade: give it one.`,
      ),
    ];
  }
  if (data === undefined || now.data === undefined) return undefined;
  return narrowings(data as JsonSchema, now.data as JsonSchema).map(({ field, change: what }) =>
    change(
      `${field === '' ? 'The data' : `"${field}"`} ${what}. Accept both, or set version: ${version + 1} and an upgrade.`,
      field,
    ),
  );
}

/** Its jobs of these names would fail. */
function refusedNames(before: DescribedContract, now: DescribedContract): BreakingChange[] {
  return before.accepts
    .filter((name) => name !== now.name && !now.accepts.includes(name))
    .map((name) => ({
      job: now.name,
      field: '',
      problem: `It does not accept "${name}" any more: queued jobs of that name would fail. Keep the name in "accepts" until none is left.`,
    }));
}
