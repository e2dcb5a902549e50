import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';

/**
 * The injection token of the guard that says who may cancel a job. By default it admits operators. To let the owner of a
 * job cancel it as well, provide a guard of your own under this token in `jobs.module.ts`.
 */
export const CANCEL_GUARD = Symbol('CANCEL_GUARD');

/** Asks the guard that is provided as {@link CANCEL_GUARD}. */
@Injectable()
export class CancelGuard implements CanActivate {
  constructor(@Inject(CANCEL_GUARD) private readonly guard: CanActivate) {}

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return this.guard.canActivate(context);
  }
}
