import { type DynamicModule, type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { Rate } from '@libs/config';
import { RequestCounts, RequestCountsDataModule } from '@libs/data-access/request-counts';
import type { Request } from 'express';
import type { ApiConfig } from '../config';
import { SharedThrottlerStorage } from './shared-throttler-storage';

/** Read what is there, and cost a cheap statement at most. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Limits the requests of each client address, unless that is off. IPv6 addresses count by their /64 network. */
export function rateLimitModules({ RATE_LIMIT }: Pick<ApiConfig, 'RATE_LIMIT'>): DynamicModule[] {
  if (RATE_LIMIT === 'off') return [];
  return [
    ThrottlerModule.forRootAsync({
      imports: [RequestCountsDataModule.with(RATE_LIMIT)],
      inject: [RequestCounts],
      useFactory: (counts: RequestCounts) => optionsOf(RATE_LIMIT, counts),
    }),
    { module: RateLimitModule, providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] },
  ];
}

@Module({})
class RateLimitModule {}

function optionsOf({ times, window }: Rate, counts: RequestCounts): ThrottlerModuleOptions {
  return {
    throttlers: [{ limit: times, ttl: window }],
    storage: new SharedThrottlerStorage(counts),
    // One count for all routes.
    generateKey: (_, client) => client,
    skipIf: (context: ExecutionContext) =>
      SAFE_METHODS.includes(context.switchToHttp().getRequest<Request>().method),
    errorMessage: (_, { timeToBlockExpire }) =>
      `Too many requests: at most ${times} in ${window / 1_000} s. Try again in ${timeToBlockExpire} s.`,
  };
}
