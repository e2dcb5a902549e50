import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isConnectionFailure } from './connection-failure';
import {
  DatabaseUnavailableError,
  describeFailure,
  nameOfDatabase,
} from './database-unavailable.error';
import type { ConnectOptions } from './data-source-options';
import { endForgottenTransactions } from './forgotten-transactions';

/** In milliseconds: the least that an attempt may take, however short the deadline is. */
const ATTEMPT = 5_000;

/** In milliseconds: the wait between attempts doubles from the first to the last value. */
const BACKOFF = { first: 100, last: 3_000 };

/**
 * Opens a data source, and retries until the deadline while the database is unreachable. Errors that
 * waiting cannot cure, such as a wrong password, fail at once. An attempt that does not end is given up.
 *
 * @param prepare what else has to be done with it before it is used, within the same deadline
 * @throws DatabaseUnavailableError with the last reason
 * @throws the reason of `stopping`, once that is aborted; what `prepare` throws, if it is no failure to connect.
 */
export async function connectDataSource(
  options: ConnectOptions,
  prepare: (dataSource: DataSource) => Promise<void> = () => Promise.resolve(),
): Promise<DataSource> {
  const { connectDeadline: deadline, stopping, variable, hints } = options;
  const database = nameOfDatabase(options.url ?? '');
  const giveUp = AbortSignal.timeout(Math.max(deadline, ATTEMPT));
  const giveUpAt = Date.now() + deadline;
  const ending = stopping === undefined ? giveUp : AbortSignal.any([giveUp, stopping]);
  let last: unknown = new Error(`no answer within ${Math.max(deadline, ATTEMPT)} ms`);
  const unavailable = (cause: unknown): Error =>
    new DatabaseUnavailableError(database, { cause, variable, startHint: hints?.start });
  for (let wait = BACKOFF.first; ; wait = Math.min(wait * 2, BACKOFF.last)) {
    const attempt = open(options, prepare);
    try {
      return await unlessAborted(ending, attempt.result);
    } catch (cause) {
      void attempt.abandon();
      stopping?.throwIfAborted();
      if (cause === giveUp.reason) throw unavailable(last);
      if (attempt.isConnected() && !isConnectionFailure(cause)) throw cause;
      if (!isConnectionFailure(cause) || Date.now() + wait > giveUpAt) throw unavailable(cause);
      if (wait === BACKOFF.first) {
        const seconds = Math.ceil(deadline / 1_000);
        const reason = describeFailure(cause);
        new Logger('Database').warn(`Waiting up to ${seconds} s for ${database}: ${reason}.`);
      }
      last = cause;
    }
    await delay(wait, undefined, { signal: ending }).catch(() => undefined);
    stopping?.throwIfAborted();
  }
}

interface Attempt {
  readonly result: Promise<DataSource>;
  /** Whether the connection was opened, whatever came after. */
  isConnected(): boolean;
  /** Closes what it has opened, or may still open. */
  abandon(): Promise<void>;
}

function open(
  options: ConnectOptions,
  prepare: (dataSource: DataSource) => Promise<void>,
): Attempt {
  const dataSource = new DataSource(options);
  const connecting = dataSource.initialize();
  const result = connecting.then(async () => {
    endForgottenTransactions(dataSource);
    await prepare(dataSource);
    return dataSource;
  });
  // A connection that was given up has no caller left.
  result.catch(() => undefined);
  return {
    result,
    isConnected: () => dataSource.isInitialized,
    abandon: () => connecting.then(() => dataSource.destroy()).catch(() => undefined),
  };
}

/** @throws the reason of the signal, if it is aborted before the wait is over. */
async function unlessAborted<Value>(signal: AbortSignal, wait: Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
