import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, QueryFailedError, Repository } from 'typeorm';
import { ExpirySweep } from '../expiry/expiry-sweep';
import { IdempotencyKey } from './idempotency-key.entity';
import { KeyInUseError } from './key-in-use.error';
import { KeyReusedError } from './key-reused.error';

/** How long a key is remembered, in milliseconds: 24 hours. */
export const IDEMPOTENCY_KEY_AGE = 24 * 60 * 60 * 1_000;

/** How long a request waits for the first one with its key, in milliseconds. */
const PATIENCE = 5_000;

/** A request with a key. */
export interface KeyedRequest {
  /** Such as `POST /reports`. */
  readonly route: string;
  readonly key: string;
  readonly requestHash: string;
}

/** Stores the answer to each key. */
@Injectable()
export class IdempotencyKeys implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly expiry: ExpirySweep<IdempotencyKey>;

  constructor(@InjectRepository(IdempotencyKey) keys: Repository<IdempotencyKey>) {
    this.expiry = new ExpirySweep(keys, IDEMPOTENCY_KEY_AGE);
  }

  onApplicationBootstrap(): void {
    this.expiry.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.expiry.stop();
  }

  /**
   * Runs `answer` for the first request with a key, and returns its stored result for every repetition. The
   * key, the answer and everything done with the manager are committed together; after a failure the key is
   * free.
   *
   * A concurrent repetition waits for the first request, on the row of the key.
   *
   * @param manager in a transaction
   * @param answer its result is stored as JSON
   * @throws KeyReusedError if the key was used for another request to the same route.
   * @throws KeyInUseError if the first request takes longer than five seconds, or than the statement
   * timeout.
   */
  async once<Answer>(
    manager: EntityManager,
    request: KeyedRequest,
    answer: () => Promise<Answer>,
  ): Promise<Answer> {
    if (!(await claim(manager, request))) return recall<Answer>(manager, request);
    const given = await answer();
    const { route, key } = request;
    await manager.query(
      'UPDATE idempotency_keys SET answer = $3::jsonb WHERE route = $1 AND key = $2',
      [route, key, JSON.stringify(given)],
    );
    return given;
  }
}

/** Whether this request is the first with its key. An expired key that is not deleted yet is free. */
async function claim(
  manager: EntityManager,
  { route, key, requestHash }: KeyedRequest,
): Promise<boolean> {
  await manager.query(`SET LOCAL lock_timeout TO ${PATIENCE}`);
  try {
    const claimed = await manager.query<unknown[]>(
      `INSERT INTO idempotency_keys AS known (route, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT (route, key) DO UPDATE
         SET request_hash = excluded.request_hash, answer = NULL, created_at = now()
         WHERE known.created_at < now() - $4 * interval '1 millisecond'
       RETURNING 1`,
      [route, key, requestHash, IDEMPOTENCY_KEY_AGE],
    );
    await manager.query('SET LOCAL lock_timeout TO DEFAULT');
    return claimed.length === 1;
  } catch (cause) {
    throw hasWaitedTooLong(cause) ? new KeyInUseError(route, key, { cause }) : cause;
  }
}

async function recall<Answer>(
  manager: EntityManager,
  { route, key, requestHash }: KeyedRequest,
): Promise<Answer> {
  const known = await manager.findOneByOrFail(IdempotencyKey, { route, key });
  if (known.requestHash !== requestHash) throw new KeyReusedError(route, key);
  return known.answer as Answer;
}

/**
 * lock_not_available, and query_canceled if `statement_timeout` is shorter than the wait:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const WAITED_TOO_LONG: readonly unknown[] = ['55P03', '57014'];

function hasWaitedTooLong(error: unknown): boolean {
  return (
    error instanceof QueryFailedError &&
    WAITED_TOO_LONG.includes(Reflect.get(error.driverError, 'code'))
  );
}
