/**
 * The methods of BullMQ's job that a sandboxed processor can call. The parent, which has the queue,
 * executes them. The others need the job's lock, a connection, or another BullMQ object.
 */
export const FORWARDED_METHODS = [
  'changePriority',
  'clearLogs',
  'getChildrenValues',
  'getDependencies',
  'getDependenciesCount',
  'getFailedChildrenValues',
  'getIgnoredChildrenFailures',
  'getState',
  'isActive',
  'isCompleted',
  'isDelayed',
  'isFailed',
  'isWaiting',
  'isWaitingChildren',
  'log',
  'removeChildDependency',
  'removeDeduplicationKey',
  'removeUnprocessedChildren',
  'updateData',
  'updateProgress',
] as const;

export type ForwardedMethod = (typeof FORWARDED_METHODS)[number];

export function isForwarded(method: string): method is ForwardedMethod {
  return (FORWARDED_METHODS as readonly string[]).includes(method);
}
