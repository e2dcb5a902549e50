/** The ids of a job's children, by their name in the contract, in the order in which they were added. */
export type ChildIds = Readonly<Record<string, readonly string[]>>;

/** The option of a job that holds them, beside BullMQ's own. Absent if it has no children. */
export interface ParentOptions {
  readonly childIds?: ChildIds;
}

/**
 * The id of a child. It follows from that of its parent, so that a parent that is added twice with the same id, as an
 * outbox may do, has its children once.
 */
export function childId(parentId: string, name: string, index: number): string {
  return `${parentId}.${name}.${index}`;
}

export function childIdsOf(options: object): ChildIds | undefined {
  return (options as ParentOptions).childIds;
}

/** The number of children that a job was added with; undefined if it has none. */
export function countChildIds(options: object): number | undefined {
  const ids = childIdsOf(options);
  return ids && Object.values(ids).reduce((sum, { length }) => sum + length, 0);
}
