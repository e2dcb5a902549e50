import { isTraced } from '@libs/config';
import { beforeCrash } from '@libs/health';
import type { Tracing } from '@libs/queue/tracing';
import type { ApiConfig } from './config';

/** Traces the requests and jobs of this process if its variables ask for it. Otherwise nothing of OpenTelemetry is loaded. */
export async function startTracing(config: ApiConfig): Promise<Tracing | undefined> {
  if (!isTraced(config)) return undefined;
  // The graph knows the library by its other entries, and Nx would forbid those if it knew of this one.
  // nx-ignore-next-line
  const { startTracing: start } = await import('@libs/queue/tracing');
  const tracing = start('api');
  beforeCrash(tracing.flush);
  return tracing;
}
