import type { TransactionClient } from '../connection/postgres/transaction-client';

/** A client of `pg`, with the method that everything in its transactions goes through. */
type Query = (...args: unknown[]) => unknown;

interface Staged {
  readonly change: () => void;
}

const END = /^(COMMIT|END|ROLLBACK|ABORT)(\s+(WORK|TRANSACTION))?$/i;
const SAVE = /^SAVEPOINT\s+(\S+)$/i;
const UNDO = /^ROLLBACK(?:\s+(?:WORK|TRANSACTION))?\s+TO(?:\s+SAVEPOINT)?\s+(\S+)$/i;

const watched = new WeakMap<object, WatchedTransaction>();

/**
 * What is to happen if a transaction commits, and not if it is rolled back: the statements that its client sends tell.
 *
 *     open ──COMMIT, answered as such──▶ committed: every change is made
 *       │  └─ROLLBACK, or a COMMIT that is answered as one──▶ none is
 *       └─ROLLBACK TO SAVEPOINT──▶ open, without the changes since then
 */
export class WatchedTransaction {
  private staged: Staged[] = [];
  /** How many changes there were at each savepoint since the first change. */
  private readonly savepoints = new Map<string, number>();

  private constructor(
    private readonly client: TransactionClient,
    private readonly unwatch: () => void,
  ) {}

  /** The transaction that is open on a client now. */
  static on(client: TransactionClient): WatchedTransaction {
    const known = watched.get(client);
    if (known !== undefined) return known;
    const isOwn = Object.hasOwn(client, 'query');
    const before: unknown = Reflect.get(client, 'query');
    const original: Query = (...args) => Reflect.apply(before as Query, client, args);
    const transaction = new WatchedTransaction(client, () => {
      if (isOwn) Reflect.set(client, 'query', before);
      else Reflect.deleteProperty(client, 'query');
    });
    Reflect.set(client, 'query', (...args: unknown[]) => transaction.send(original, args));
    watched.set(client, transaction);
    return transaction;
  }

  stage(change: () => void): void {
    this.staged.push({ change });
  }

  private send(original: Query, args: unknown[]): unknown {
    const [first, callback] = [args[0], args.at(-1)];
    const text: unknown =
      typeof first === 'string' ? first : Reflect.get(Object(first) as object, 'text');
    if (typeof callback === 'function') {
      const done = (error: unknown, result: unknown) => {
        if (!error) this.observe(text, result);
        (callback as Query)(error, result);
      };
      return original(...args.slice(0, -1), done);
    }
    const answer = original(...args);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((result: unknown) => {
      this.observe(text, result);
      return result;
    });
  }

  /** Several statements in one text have a list of results. */
  private observe(text: unknown, result: unknown): void {
    if (typeof text !== 'string') return;
    for (const [index, statement] of text.split(';').entries()) {
      const answer: unknown = Array.isArray(result) ? result[index] : result;
      this.follow(statement.trim(), answer);
    }
  }

  private follow(statement: string, answer: unknown): void {
    const saved = SAVE.exec(statement)?.[1];
    if (saved !== undefined) this.savepoints.set(saved, this.staged.length);
    const undone = UNDO.exec(statement)?.[1];
    // A savepoint that was made before the first change.
    if (undone !== undefined) this.staged.length = this.savepoints.get(undone) ?? 0;
    if (!END.test(statement)) return;
    watched.delete(this.client);
    this.unwatch();
    // Postgres answers a COMMIT of a failed transaction with ROLLBACK.
    const tag: unknown = Reflect.get(Object(answer) as object, 'command') ?? statement;
    if (!/^(COMMIT|END)/i.test(String(tag))) return;
    for (const { change } of this.staged) change();
  }
}
