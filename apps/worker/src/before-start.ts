import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Readiness } from '@libs/health';

/** What is done once the stores are reached, and before the first job is fetched. */
export type BeforeStart = (readiness: Readiness) => void;

/** The injection token of a {@link BeforeStart}. */
export const BEFORE_START = Symbol('BEFORE_START');

/** Nest inits every module before it starts the workers, in `onApplicationBootstrap`. */
@Injectable()
export class BeforeStartHook implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    @Inject(BEFORE_START) private readonly beforeStart: BeforeStart,
  ) {}

  onModuleInit(): void {
    this.beforeStart(this.readiness);
  }
}
