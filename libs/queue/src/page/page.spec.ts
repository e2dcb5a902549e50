import { describeOnEachStore } from '../store/testing/each-store';
import { NodeHttpAdapter } from './http/node-http-adapter';
import type { Failures, JobList, JobView, Overview } from './page-data';
import { PageBench, TOKEN } from './testing/page-bench';
import { held, invoiceJob, orderJob } from './testing/shop.jobs';
import { until } from '@libs/testing';

const SCRIPT = { 'x-queue-page': '1' };

/** Every route that the application has registered: the server is asked, not a list that someone keeps. */
function routesOf(bench: PageBench): { method: string; path: string }[] {
  const adapter = bench.app.getHttpAdapter();
  if (adapter instanceof NodeHttpAdapter) return [...adapter.router.routes];
  interface Layer {
    route?: { path: string; methods: Record<string, boolean> };
  }
  const express = adapter.getInstance() as { router: { stack: Layer[] } };
  return express.router.stack.flatMap(({ route }) =>
    route === undefined
      ? []
      : Object.keys(route.methods).map((method) => ({ method, path: route.path })),
  );
}

describeOnEachStore('the page of queues', (kind) => {
  let bench: PageBench;
  let session: { cookie: string };

  beforeAll(async () => {
    // As an api serves it, and as a worker does.
    bench = await PageBench.open(kind, undefined, { isOnExpress: kind === 'postgres' });
    session = await bench.logIn();
  });
  afterAll(() => bench.close());

  const get = (path: string, headers: Record<string, string> = session) =>
    bench.ask(path, { headers });
  const read = async <Answer>(path: string) => JSON.parse((await get(path)).text) as Answer;
  const post = (path: string, headers: Record<string, string> = { ...session, ...SCRIPT }) =>
    bench.ask(path, { method: 'POST', headers });
  const overview = () => read<Overview>('data/overview');
  const order = async () => {
    const found = (await overview()).queues.find(({ queue }) => queue === 'order');
    if (found === undefined) throw new Error('There is no queue of orders.');
    return found;
  };

  it('answers no route of it to a visitor who has not logged in', async () => {
    const routes = routesOf(bench);
    expect(routes.length).toBeGreaterThan(10);
    const { origin } = new URL(bench.url);
    for (const { method, path } of routes) {
      const url = origin + path.replaceAll(/[:*][a-z]+/g, 'order');
      const attempts: Record<string, string>[] = [
        {},
        SCRIPT,
        { cookie: 'queue_page=e30.e30' },
        { 'x-forwarded-user': 'eve' },
      ];
      for (const headers of attempts) {
        const answer = await bench.ask(url, { method, headers });
        expect({ path, status: answer.status }).toEqual({ path, status: 401 });
        expect(answer.text).not.toMatch(/"queues"|data-setup|--page/);
      }
    }
  });

  it('is found in the folder above it, and has no address that cannot be read', async () => {
    if (kind === 'postgres') return; // Express does this by itself, and its application the rest.
    const { origin } = new URL(bench.url);
    const led = await get(`${origin}/queues`);
    expect(led.status).toBe(302);
    expect(new URL(led.headers.get('location') ?? '', `${origin}/queues`).href).toBe(bench.url);
    expect((await bench.ask('', { method: 'HEAD', headers: session })).status).toBe(200);
    expect((await get('data/queues/%E0%A4%A/jobs?state=failed')).status).toBe(400);
    // Controllers that modules of processors bring along.
    for (const path of ['/stray', '/queues/stray', '/queues/-/none', '/queues/-x']) {
      expect({ path, status: (await get(origin + path)).status }).toEqual({ path, status: 404 });
    }
  });

  it('lets in who knows the token, and no page of another origin', async () => {
    const form = await get('', { accept: 'text/html' });
    expect(form.status).toBe(401);
    expect(form.text).toContain('<form method="post" action="login">');
    expect(form.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );

    const page = await get('');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const html = page.text;
    const [script = ''] = /assets\/page-[0-9a-f]+\.js/.exec(html) ?? [];
    const served = await get(script);
    expect(served.headers.get('content-type')).toContain('text/javascript');
    expect(served.headers.get('cache-control')).toContain('immutable');

    const pause = 'actions/order/pause';
    expect((await post(pause, session)).status).toBe(403);
    expect(
      (await post(pause, { ...session, ...SCRIPT, 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    expect(
      (await post(pause, { ...session, ...SCRIPT, origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect((await order()).paused).toBe(false);
  });

  it('shows what the queues hold, run and did, and the next runs', async () => {
    await bench.untilOrder(await bench.addOrder({ customer: 'ada' }), 'completed');
    const id = await bench.addOrder({ customer: 'bob', does: 'hold' });
    await until(() => held.size === 1);
    const later = await bench.producer(orderJob).add({ customer: 'cy' }, { delay: 3_600_000 });

    // What has finished is read again after an action, otherwise every ten seconds.
    await post('actions/order/resume');
    const view = await until(async () => {
      const shown = await overview();
      const orders = shown.queues.find(({ queue }) => queue === 'order');
      const isAll = orders?.running === 1 && orders.delayed === 1 && orders.durations !== null;
      return isAll ? { shown, orders } : undefined;
    });
    expect(view.orders).toMatchObject({ waiting: 0, failed: 0, paused: false });
    expect(view.orders.limits).toEqual(['50 at once per key', '600 in 1 min per key']);
    expect(view.orders.history).toHaveLength(30);
    expect(view.orders.history.slice(-2).reduce((sum, { completed }) => sum + completed, 0)).toBe(
      1,
    );
    expect(view.shown.running).toEqual([
      expect.objectContaining({
        queue: 'order',
        id,
        progress: 40,
        worker: expect.stringMatching(new RegExp(`:${process.pid}$`)) as string,
      }),
    ]);
    const workers = await until(async () => {
      const shown = await overview();
      return shown.workers.length > 0 ? shown.workers : undefined;
    });
    expect(workers).toEqual([
      {
        name: view.shown.running[0]?.worker,
        startedAt: expect.any(Number) as number,
        isStopping: false,
        silentFor: expect.any(Number) as number,
        queues: [
          { queue: 'nightly', concurrency: 1, isolation: null },
          { queue: 'order', concurrency: 10, isolation: null },
          { queue: 'refund', concurrency: 1, isolation: null },
        ],
      },
    ]);
    // Also one that only a processor of this process knows.
    expect(view.shown.queues.map(({ queue }) => queue)).toEqual([
      'invoice',
      'nightly',
      'order',
      'refund',
    ]);
    expect(view.shown.schedules).toMatchObject([
      { queue: 'nightly', inEffect: true, timezone: 'Europe/Berlin' },
    ]);
    expect(view.shown.outbox).toBeNull();
    const listed = await read<JobList>('data/queues/order/jobs?state=delayed');
    expect(listed.jobs).toMatchObject([{ id: later.id, dueAt: expect.any(Number) as number }]);
    expect(JSON.parse(listed.jobs[0]?.data ?? '')).toEqual({ customer: 'cy' });

    for (const end of held) end();
    await bench.untilOrder(id, 'completed');
    expect(await read<JobView>(`data/queues/order/job?id=${id}`)).toMatchObject({
      state: 'completed',
      failure: null,
      result: expect.stringContaining(`P-${id}`) as string,
      log: ['packing for bob'],
    });
  });

  it('groups what failed by reason, and retries all of one kind', async () => {
    const ids: string[] = [];
    for (const customer of ['dan', 'eve', 'eve'])
      ids.push(await bench.addOrder({ customer, does: 'fail' }));
    for (const id of ids) await bench.untilOrder(id, 'failed');

    const { groups, total } = await read<Failures>('data/queues/order/failures');
    expect(total).toBe(3);
    expect(groups.map(({ kind: reason, jobs }) => [reason, jobs])).toEqual([
      ['No stock of article … for eve.', 2],
      ['No stock of article … for dan.', 1],
    ]);

    const wanted = encodeURIComponent(groups[0]?.kind ?? '');
    const answer = await post(`actions/order/redrive-kind?kind=${wanted}`);
    expect(JSON.parse(answer.text)).toEqual({ message: '2 jobs wait again.' });
    await until(() =>
      bench.audit.some((line) =>
        /^"Ada" from 127\.0\.0\.1: retry all jobs of "order".*2 jobs wait again/.test(line),
      ),
    );
    const again = ids.slice(1);
    await until(async () => {
      const jobs = await Promise.all(
        again.map((id) => read<JobView>(`data/queues/order/job?id=${id}`)),
      );
      return jobs.every(({ state, log }) => state === 'failed' && log.length === 3);
    });
  });

  it('finds a job by its data, its time and its id', async () => {
    const id = await bench.addOrder({ customer: 'Zoë & Söhne' }, 'order-of-zoe');
    await bench.untilOrder(id, 'completed');
    const found = async (query: string) =>
      (await read<JobList>(`data/queues/order/jobs?state=completed&${query}`)).jobs.map(
        (job) => job.id,
      );
    expect(await found(`text=${encodeURIComponent('zoë & s')}`)).toEqual([id]);
    expect(await found('text=nothing-has-this')).toEqual([]);
    expect(await found(`text=ZOE&from=${Date.now() - 60_000}`)).toEqual([id]);
    expect(await found(`text=ZOE&to=${Date.now() - 60_000}`)).toEqual([]);
    expect(await read('data/find?id=order-of-zoe')).toEqual({
      jobs: [{ queue: 'order', id, state: 'completed' }],
    });
    expect((await get('data/queues/order/job?id=none')).status).toBe(404);
    expect((await get('data/queues/ordr/jobs?state=failed')).status).toBe(404);
    expect((await get('data/queues/order/jobs?state=odd')).status).toBe(400);
  });

  it('shows nothing of what the contract redacts, nor finds a job by it', async () => {
    const id = await bench.addOrder({ customer: 'ivy', card: '4000-1234-5678' });
    await bench.untilOrder(id, 'completed');
    const job = await read<JobView>(`data/queues/order/job?id=${id}`);
    expect(job.log).toEqual(['packing for ivy ([redacted])']);
    const lists = await Promise.all(
      ['ivy', '4000-1234'].map((text) =>
        read<JobList>(`data/queues/order/jobs?state=completed&text=${text}`),
      ),
    );
    expect(lists.map(({ jobs }) => jobs.length)).toEqual([1, 0]);
    expect(JSON.stringify([job, lists])).not.toContain('4000-1234');
  });

  it('pauses, resumes, cancels, retries and runs a schedule, and writes down who did', async () => {
    expect((await post('actions/order/pause')).status).toBe(200);
    expect(await order()).toMatchObject({ paused: true, pausedBy: 'Ada' });
    const id = await bench.addOrder({ customer: 'fay' });
    await until(async () => (await order()).waiting === 1);
    const waiting = await read<JobList>('data/queues/order/jobs?state=waiting');
    expect(waiting.jobs.map((job) => job.id)).toEqual([id]);

    expect(JSON.parse((await post(`actions/order/cancel?id=${id}`)).text)).toEqual({
      message: `The job ${id} is cancelled.`,
    });
    const cancelled = await read<JobList>('data/queues/order/jobs?state=cancelled');
    expect(cancelled.jobs).toMatchObject([
      { id, failure: 'Cancelled by Ada on the page of queues.' },
    ]);
    await post('actions/order/resume');
    expect((await post(`actions/order/redrive?id=${id}`)).status).toBe(200);
    await bench.untilOrder(id, 'completed');
    const twice = await post(`actions/order/redrive?id=${id}`);
    expect(twice.status).toBe(409);

    const run = JSON.parse((await post('actions/nightly/run?schedule=default')).text) as {
      job: { id: string };
    };
    await until(
      async () =>
        (await read<JobView>(`data/queues/nightly/job?id=${run.job.id}`)).state === 'completed',
    );
    expect((await post('actions/nightly/run?schedule=daily')).status).toBe(404);
    expect(bench.audit.filter((line) => line.startsWith('"Ada" from 127.0.0.1: cancel'))).toEqual([
      `"Ada" from 127.0.0.1: cancel the job order/${id}: The job ${id} is cancelled.`,
    ]);
  });

  it('shows a flow from both of its ends', async () => {
    const parent = await bench
      .producer(invoiceJob)
      .add({}, { children: { orders: [{ data: { customer: 'gus' } }] } });
    const [child] = await until(async () => {
      const { children } = await read<JobView>(`data/queues/invoice/job?id=${parent.id}`);
      return children[0]?.state === 'completed' ? children : undefined;
    });
    expect(child?.queue).toBe('order');
    const seen = await read<JobView>(
      `data/queues/order/job?id=${encodeURIComponent(child?.id ?? '')}`,
    );
    expect(seen.parent).toEqual({ queue: 'invoice', id: parent.id, state: null });
  });
});

describe('who is let in', () => {
  it('everyone on this machine, if it is open', async () => {
    const bench = await PageBench.open('postgres', { open: true });
    try {
      const ask = (headers: Record<string, string> = {}) => bench.ask('', { headers });
      expect((await ask()).text).toContain('&quot;how&quot;:&quot;open&quot;');
      // A proxy on this machine, which leads others here.
      expect((await ask({ 'x-forwarded-for': '203.0.113.7' })).status).toBe(403);
    } finally {
      await bench.close();
    }
  });

  it('whom a trusted proxy names, to look only', async () => {
    const proxy = { userHeader: 'X-Forwarded-User' };
    const bench = await PageBench.open('postgres', { proxy, token: TOKEN, readOnly: true });
    try {
      const as = { 'x-forwarded-user': 'grace@example.com' };
      expect((await bench.ask('')).status).toBe(401);
      const page = await bench.ask('', { headers: as });
      expect(page.text).toContain('grace@example.com');
      const headers = { ...as, ...SCRIPT };
      const paused = await bench.ask('actions/order/pause', { method: 'POST', headers });
      expect(paused.status).toBe(403);
      // The login is not a way around the proxy.
      expect((await bench.logIn()).cookie).toBe('');
    } finally {
      await bench.close();
    }
  });
});
