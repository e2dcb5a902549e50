import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';

/** The injection token of what ends the tracing of a process. */
const STOP_TRACING = Symbol('STOP_TRACING');

/** Sends the last spans of a process when its application has stopped its workers. */
@Module({})
export class TracingModule implements OnApplicationShutdown {
  static for(stop: () => Promise<void>): DynamicModule {
    return {
      module: TracingModule,
      providers: [{ provide: STOP_TRACING, useValue: stop }],
    };
  }

  constructor(@Inject(STOP_TRACING) private readonly stop: () => Promise<void>) {}

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }
}
