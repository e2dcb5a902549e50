import { isTraced } from '@libs/config';
import type { Tracing } from '@libs/queue/tracing';
import type { WorkerConfig } from './config';

/** Traces the jobs of this process if its variables ask for it. Otherwise nothing of OpenTelemetry is loaded. */
export async function startTracing(
  name: string,
  config: WorkerConfig,
): Promise<Tracing | undefined> {
  if (!isTraced(config)) return undefined;
  // The graph knows the library by its other entries, and Nx would forbid those if it knew of this one.
  // nx-ignore-next-line
  const tracing = await import('@libs/queue/tracing');
  return tracing.startTracing(name);
}
