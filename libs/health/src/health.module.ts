import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Readiness } from './readiness';

/** Provides the {@link Readiness} of the process; modules inject it to add their checks. */
@Global()
@Module({ providers: [Readiness], exports: [Readiness] })
export class HealthModule {
  /** With a readiness that exists before the application does, so that a signal can end its start. */
  static with(readiness: Readiness): DynamicModule {
    return { module: HealthModule, providers: [{ provide: Readiness, useValue: readiness }] };
  }
}
