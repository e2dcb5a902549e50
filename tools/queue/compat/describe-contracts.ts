/*
 * Bundled into a program that loads the contracts of a commit, which may be one of before this plugin: it asks for
 * nothing but what contracts have always had.
 */

/** What is known of a contract as it is at one commit. */
export interface DescribedContract {
  readonly name: string;
  /** Of its data; 1 for a contract without one. */
  readonly version: number;
  readonly hasUpgrade: boolean;
  /** Other names whose jobs it takes; none for a contract of before there were such. */
  readonly accepts: readonly string[];
  /** What a producer may store, as JSON Schema; undefined if the schema is not one of zod. */
  readonly data: object | undefined;
}

/** The part of a contract that is read. */
interface LoadedContract {
  readonly name: string;
  readonly data: object;
  readonly version?: number;
  readonly upgrade?: unknown;
  readonly accepts?: readonly string[];
}

/** zod's `toJSONSchema`, of the workspace's own zod. */
type ToJsonSchema = (
  schema: never,
  options: { io: 'input'; unrepresentable: 'any'; target: 'draft-2020-12' },
) => object;

export function describeContracts(
  contracts: readonly LoadedContract[],
  toJsonSchema: ToJsonSchema,
): DescribedContract[] {
  return contracts.map(({ name, data, version = 1, upgrade, accepts = [] }) => ({
    name,
    version,
    hasUpgrade: upgrade !== undefined,
    accepts,
    data:
      '_zod' in data
        ? toJsonSchema(data as never, {
            io: 'input',
            unrepresentable: 'any',
            target: 'draft-2020-12',
          })
        : undefined,
  }));
}
