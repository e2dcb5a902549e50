import type { TransactionManager } from '../transaction-manager';
import { textOf } from '../../text/reason-of';
import { fromQuery } from './from-query';
import { NO_TRANSACTION, statementError } from './statement-error';

/** The client of an interactive transaction of Prisma: only the members used here. */
export interface PrismaTransaction {
  $queryRawUnsafe(query: string): PromiseLike<unknown>;
  $executeRawUnsafe(query: string): PromiseLike<number>;
  /** What a `PrismaClient`, which is in no transaction, has. */
  readonly $connect?: never;
}

/** Prisma's code for a statement of a transaction that has ended. */
const ENDED = 'P2028';

/**
 * Adds jobs in an interactive transaction of Prisma on PostgreSQL:
 *
 *     await prisma.$transaction(async (tx) => {
 *       await tx.order.create({ data: order });
 *       await emails.add(data, { manager: fromPrisma(tx) });
 *     });
 *
 * @param tx what `prisma.$transaction` passes to its callback
 */
export function fromPrisma(tx: PrismaTransaction): TransactionManager {
  return fromQuery(tx, async (text) => {
    try {
      if (!text.startsWith('SELECT')) {
        await tx.$executeRawUnsafe(text);
        return [];
      }
      return (await tx.$queryRawUnsafe(text)) as readonly object[];
    } catch (error) {
      throw errorOfPostgres(error);
    }
  });
}

/** The error of the database in that of Prisma, whose own code says only that a raw query has failed. */
function errorOfPostgres(error: unknown): unknown {
  if (textOf(error, 'code') === ENDED) {
    const message = textOf(error, 'message') ?? '';
    return statementError({ code: NO_TRANSACTION, message }, { cause: error });
  }
  const meta = memberOf(error, 'meta');
  const cause = memberOf(memberOf(meta, 'driverAdapterError'), 'cause');
  // Until version 6, `meta` itself has them.
  for (const [code, message] of [
    [memberOf(cause, 'originalCode'), memberOf(cause, 'originalMessage')],
    [memberOf(meta, 'code'), memberOf(meta, 'message')],
  ]) {
    if (typeof code === 'string' && typeof message === 'string') {
      return statementError({ code, message }, { cause: error });
    }
  }
  return error;
}

function memberOf(value: unknown, name: string): unknown {
  return Reflect.get(Object(value) as object, name);
}
