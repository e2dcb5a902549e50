import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { IdempotencyKeys } from '@libs/data-access/idempotency';
import type { EntityManager } from 'typeorm';
import { type RequestContent, requestHash } from './request-hash';

/** A request with a key. */
interface CurrentRequest {
  /** Such as `POST /reports`. */
  route: string;
  key: string;
  /** Hashed once complete and valid. */
  content: RequestContent;
}

/** Carries the key of a request to the code that stores its row, without passing it through the layers in between. */
@Injectable()
export class IdempotentRequests {
  private readonly current = new AsyncLocalStorage<CurrentRequest>();

  constructor(private readonly keys: IdempotencyKeys) {}

  /** Runs the handler of a request with a key. */
  run<Result>(request: CurrentRequest, answer: () => Result): Result {
    return this.current.run(request, answer);
  }

  /**
   * Does the work of the current request in a transaction. If its key was processed before, returns the
   * first answer instead. Without a key, just does the work.
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
