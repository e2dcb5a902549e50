import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConnectionPools } from './connection-pools';
import { Readiness } from './readiness';

/**
 * Provides the {@link Readiness} of the process, to which modules add their checks, and its {@link ConnectionPools}.
 */
@Global()
@Module({ providers: [Readiness, ConnectionPools], exports: [Readiness, ConnectionPools] })
export class HealthModule {
  /** With a readiness that exists before the application does, so that a signal can end its start. */
  static with(readiness: Readiness): DynamicModule {
    return { module: HealthModule, providers: [{ provide: Readiness, useValue: readiness }] };
  }
}
