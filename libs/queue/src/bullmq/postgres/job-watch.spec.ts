import { type TestDatabase, until } from '@libs/testing';
import { PostgresPool } from '../../connection/postgres/postgres-pool';
import { TransactionalPool } from '../../connection/postgres/transactional-pool';
import { defaultObserver } from '../../observe/observers';
import { createQueueDatabase } from '../../store/testing/queue-database';
import { POSTGRES_CHANNELS } from '../internals';
import type { JobWaiters } from './job-waiters';
import { JobWatch } from './job-watch';
import { PostgresWorkerNotes } from './postgres-worker-notes';
import { SharedPostgresConnection } from './shared-postgres-connection';

const watched = { queue: 'orders', isLimited: false };
const SOON = { first: 20, next: 20 };
/** In milliseconds: longer than any test. */
const FOREVER = 600_000;

describe('the wait of idle workers on Postgres', () => {
  let database: TestDatabase;
  let pool: TransactionalPool;
  let connection: SharedPostgresConnection;
  let watch: JobWatch;

  beforeEach(async () => {
    database = await createQueueDatabase();
    pool = new TransactionalPool(
      new PostgresPool({ url: database.url }, 'test', defaultObserver()),
      'test',
    );
    connection = new SharedPostgresConnection(pool, 'test', undefined);
    watch = new JobWatch(connection, SOON);
  });

  afterEach(async () => {
    watch.stop();
    await Promise.all([connection.end(), pool.end()]);
    await database.drop();
  });

  function insert(state: string, values: { processAt?: number; queue?: string } = {}) {
    const { queue = 'orders', processAt = null } = values;
    return pool.query(
      `INSERT INTO job (queue, id, seq, name, state, added_at_ms, process_at_ms, finished_at_ms)
       VALUES ($1, nextval('job_seq')::text, nextval('job_seq'), 'order', $2, 1, $3, 1)`,
      [queue, state, processAt],
    );
  }

  const wait = (signal = new AbortController().signal, isEager = true) =>
    watch.wait(watched, { patience: FOREVER, signal, isEager: () => isEager });

  it('ends in the next round with a job that nothing has notified of', async () => {
    watch.add({ watched, onActive: () => undefined });
    await insert('waiting', { queue: 'others' });
    const found = wait();
    await insert('waiting');
    expect(await found).toBe(true);
  });

  const NOTED = "SELECT value FROM bullmq.meta WHERE queue = 'orders' AND field = 'worker:here:1'";
  const noted = async () => (await pool.query<{ value: string }>(NOTED)).rows[0]?.value.split(' ');
  const sent: string[] = [];
  const workerNotes = () =>
    new PostgresWorkerNotes({
      query: async <Row>(text: string, parameters?: readonly unknown[]) => {
        sent.push(text);
        return (await pool.query<Row>(text, parameters)).rows;
      },
      renewNotes: (kept) => watch.renewNotes(kept),
    });

  it('renews the notes of its process in each round, with the same statement, until they are removed', async () => {
    const notes = workerNotes();
    await connection.waitUntilReady();
    await notes.keep('here:1', new Map([['orders', '{"is":"there"}']]));
    const [first, note] = (await noted()) ?? [];
    expect(note).toBe('{"is":"there"}');
    await until(async () => ((await noted()) ?? [])[0] !== first);
    await notes.remove('here:1', ['orders']);
    expect(await notes.read(['orders'])).toEqual([]);
  });

  it('leaves no note of a worker that ends while a round is under way', async () => {
    const notes = workerNotes();
    await connection.waitUntilReady();
    await notes.keep('here:1', new Map([['orders', '{"is":"there"}']]));
    // A round that takes long to reach the server.
    const client = await connection.getListenClient();
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    const held = new Set<() => void>();
    jest.spyOn(client, 'query').mockImplementation((async (...args: unknown[]) => {
      await new Promise<void>((resolve) => held.add(resolve));
      return send(...args);
    }) as never);
    await until(() => held.size > 0);
    sent.length = 0;
    const removed = notes.remove('here:1', ['orders']);
    await new Promise((resolve) => setImmediate(resolve));
    // The round would write the note again.
    expect(sent).toEqual([]);
    jest.restoreAllMocks();
    for (const release of held) release();
    await removed;
    expect(await noted()).toBeUndefined();
  });

  it('ends when the next job is due, that of another queue or an earlier one', async () => {
    await insert('delayed', { processAt: Date.now() + FOREVER });
    const dueAt = Date.now() + 300;
    await insert('delayed', { processAt: dueAt });
    await insert('delayed', { processAt: Date.now(), queue: 'others' });
    expect(await wait()).toBe(false);
    expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
  });

  it('ends when the worker stops, and when the connection that listens is lost or in doubt', async () => {
    const stopping = new AbortController();
    const first = wait(stopping.signal);
    stopping.abort();
    expect(await first).toBe(false);

    const second = wait();
    const client = await connection.getListenClient();
    const waiters = Reflect.get(watch, 'waiters') as JobWaiters;
    await until(() => waiters.of('orders').length > 0);
    const events = Reflect.get(client, 'events') as NodeJS.EventEmitter;
    events.emit('trust', false);
    expect(await second).toBe(false);
    // A short patience counts now.
    const { signal } = new AbortController();
    expect(await watch.wait(watched, { patience: 10, signal, isEager: () => true })).toBe(false);
    events.emit('trust', true);

    const third = wait();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    expect(await third).toBe(false);
  });

  describe('where several processes run the jobs of a queue', () => {
    beforeEach(async () => {
      watch.stop();
      await pool.query(
        `INSERT INTO bullmq.meta (queue, field, value)
         SELECT 'orders', 'worker:there:' || n, '1 {}' FROM generate_series(1, 4) AS n`,
      );
      // One round, which counts the processes.
      watch = new JobWatch(connection, { first: 20, next: FOREVER });
      watch.add({ watched, onActive: () => undefined });
      const processes = Reflect.get(watch, 'processes') as ReadonlyMap<string, number>;
      await until(() => processes.get('orders') === 4);
    });

    const notify = () => pool.query(`SELECT pg_notify('${POSTGRES_CHANNELS.jobs}', 'orders')`);
    /**
     * @param start begins the turn of a worker
     * @param meanwhile done before the worker looks, however busy the machine is
     * @returns whether the worker has been woken when it has had its turn
     */
    async function isWokenInItsTurn(
      waiting: Promise<boolean>,
      start: () => Promise<unknown>,
      meanwhile: () => Promise<unknown> = () => Promise.resolve(),
    ) {
      let isOver = false;
      const woken = waiting.then(() => true);
      const client = await connection.getListenClient();
      const send = client.query.bind(client) as (...args: unknown[]) => unknown;
      await start();
      const done = meanwhile();
      jest.spyOn(client, 'query').mockImplementation((async (...args: unknown[]) => {
        await done;
        const answer = await send(...args);
        isOver = true;
        return answer;
      }) as never);
      return Promise.race([woken, until(() => isOver).then(() => false)]);
    }

    it('the one that got the last job fetches at once, and the others look whether it is still there', async () => {
      const eager = wait();
      const other = wait(new AbortController().signal, false);
      expect(await isWokenInItsTurn(other, notify)).toBe(false);
      expect(await eager).toBe(true);
    });

    it('another one fetches a job that the first does not take', async () => {
      const other = wait(new AbortController().signal, false);
      const client = await connection.getListenClient();
      const asked = jest.spyOn(client, 'query');
      // Its first look, which finds nothing, has been answered.
      await until(() => asked.mock.calls.length > 0);
      await client.query('SELECT');
      await insert('waiting');
      await notify();
      expect(await other).toBe(true);
    });

    it('the others leave a delayed job that is due to the one that got the last', async () => {
      const dueAt = Date.now() + 200;
      await insert('delayed', { processAt: dueAt });
      const eager = wait();
      const other = wait(new AbortController().signal, false);
      expect(
        await isWokenInItsTurn(
          other,
          async () => {
            expect(await eager).toBe(false);
          },
          () => pool.query("DELETE FROM job WHERE queue = 'orders'"),
        ),
      ).toBe(false);
    });
  });

  it('reports in each round what runs, is paused and has ended, and has a worker check what runs', async () => {
    const rounds: unknown[] = [];
    const active: string[] = [];
    watch.onRound((looks) => rounds.push(...looks));
    for (const queue of ['orders', 'others']) {
      watch.add({ watched: { queue, isLimited: false }, onActive: () => active.push(queue) });
    }
    await insert('active');
    await insert('completed', { queue: 'others' });
    await pool.query("SELECT pause('others', true)");
    await until(() => active.length > 0);
    expect(new Set(active)).toEqual(new Set(['orders']));
    await until(() =>
      rounds.some((look) => (look as { completed?: unknown }).completed !== undefined),
    );
    expect(rounds).toContainEqual(
      expect.objectContaining({
        queue: 'others',
        isPaused: true,
        completed: { first: 1, last: 1 },
      }),
    );
  });
});
