import { type DynamicModule, Global, Module } from '@nestjs/common';
import {
  CONNECTION_BUDGET,
  ConnectionBudget,
  type ConnectionBudgetOptions,
} from './connection-budget';
import { ConnectionPools } from './connection-pools';
import { Readiness } from './readiness';

/**
 * Provides the {@link Readiness} of the process, to which modules add their checks, and its {@link ConnectionPools}.
 */
@Global()
@Module({
  providers: [Readiness, ConnectionPools, ConnectionBudget],
  exports: [Readiness, ConnectionPools],
})
export class HealthModule {
  /**
   * With a readiness that exists before the application does, so that a signal can end its start.
   *
   * @param budget what the connections of the process are compared with at start; by default they are not
   */
  static with(readiness: Readiness, budget?: ConnectionBudgetOptions): DynamicModule {
    return {
      module: HealthModule,
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: CONNECTION_BUDGET, useValue: budget },
      ],
    };
  }
}
