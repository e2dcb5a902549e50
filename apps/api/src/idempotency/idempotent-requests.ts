import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { IdempotencyKeys } from '@libs/data-access/idempotency';
import type { EntityManager } from 'typeorm';
import { type RequestContent, requestHash } from './request-hash';

/** A request that has a key. */
interface CurrentRequest {
  /** Such as `POST /reports`. */
  route: string;
  key: string;
  /** Hashed when it is read whole, and found valid. */
  content: RequestContent;
}

/** Carries the key of a request to where its row is stored, past everything that need not know of it. */
@Injectable()
export class IdempotentRequests {
  private readonly current = new AsyncLocalStorage<CurrentRequest>();

  constructor(private readonly keys: IdempotencyKeys) {}

  /** Answers a request that has a key. */
  run<Result>(request: CurrentRequest, answer: () => Result): Result {
    return this.current.run(request, answer);
  }

  /**
   * Does what the current request asks for in a transaction, unless its key says that it is done; then
   * it gives back what was answered. Without a key, it just does it.
   *
   * @throws KeyReusedError, KeyInUseError
   */
  once<Answer>(manager: EntityManager, answer: () => Promise<Answer>): Promise<Answer> {
    const request = this.current.getStore();
    if (request === undefined) return answer();
    const { route, key, content } = request;
    return this.keys.once(manager, { route, key, requestHash: requestHash(content) }, answer);
  }
}
