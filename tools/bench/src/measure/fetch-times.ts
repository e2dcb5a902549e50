import pg from 'pg';

const FETCHES = /grouped_run|due_fetch|move_to_active|due_completed_fetch|move_to_completed_fetch/;

/**
 * Tells how long each statement takes that fetches a job for this process, which may end others: in milliseconds, waiting
 * for a connection included.
 */
export function onFetch(note: (ms: number) => void): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- applied to each pool below
  const { query } = pg.Pool.prototype;
  pg.Pool.prototype.query = function (this: pg.Pool, ...args: unknown[]) {
    const started = performance.now();
    const answer = Reflect.apply(query, this, args) as Promise<unknown>;
    if (FETCHES.test(String(args[0]))) {
      const end = () => {
        note(performance.now() - started);
      };
      answer.then(end, end);
    }
    return answer as never;
  };
}
