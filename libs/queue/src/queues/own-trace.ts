import type { Queue, Telemetry } from 'bullmq';

/** Runs what no request and no job has asked for: it begins a trace of its own, if the application traces. */
export function inOwnTrace<Result>(queue: Queue, run: () => Promise<Result>): Promise<Result> {
  const { telemetry } = queue.opts as { readonly telemetry?: Telemetry };
  const root: unknown = telemetry?.contextManager.root?.();
  return root === undefined || telemetry === undefined
    ? run()
    : telemetry.contextManager.with(root, run);
}
