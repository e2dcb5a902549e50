import { Global, Module } from '@nestjs/common';
import { Readiness } from './readiness';

/** Provides the {@link Readiness} of the process; modules inject it to add their checks. */
@Global()
@Module({ providers: [Readiness], exports: [Readiness] })
export class HealthModule {}
