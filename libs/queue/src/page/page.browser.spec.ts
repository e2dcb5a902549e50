import { mkdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser, until } from '@libs/testing';
import { JobsReader } from '../reader/jobs-reader';
import { PageBench, TOKEN } from './testing/page-bench';
import { held, invoiceJob } from './testing/shop.jobs';

/** A folder for pictures of each view, for people to look at. */
const PICTURES = process.env['PAGE_PICTURES'];

const executablePath = findBrowser();
if (executablePath === undefined) {
  process.stderr.write(
    '\nLEFT OUT: the page of queues was not tested in a browser, because no Chromium was found. ' +
      'Install one, or name it in CHROMIUM_PATH.\n\n',
  );
}

(executablePath === undefined ? describe.skip : describe)(
  'the page of queues, in a browser',
  () => {
    let bench: PageBench;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const problems: string[] = [];

    beforeAll(async () => {
      bench = await PageBench.open('postgres');
      browser = await chromium.launch({
        executablePath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--no-first-run',
        ],
      });
      context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
      page = await context.newPage();
      page.on('console', (message) => {
        // Chromium reports the 401 of the login form.
        if (!message.text().includes('401')) problems.push(message.text());
      });
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('request', (asked) => {
        if (
          !asked.url().startsWith(new URL(bench.url).origin) &&
          !asked.url().startsWith('data:')
        ) {
          problems.push(`asked for ${asked.url()}`);
        }
      });
    });
    afterAll(async () => {
      await browser.close();
      await bench.close();
    });
    afterEach(() => {
      expect(problems.splice(0)).toEqual([]);
    });

    const heading = () => page.getByRole('heading', { level: 1 }).innerText();
    const said = () => page.getByRole('status').innerText();
    const row = (name: string | RegExp) => page.getByRole('row').filter({ hasText: name });
    const queueRow = (name: string) =>
      page
        .getByRole('table', { name: 'Queues' })
        .getByRole('row')
        .filter({ has: page.getByRole('link', { name, exact: true }) });
    const stateOf = async (id: string) => (await bench.app.get(JobsReader).get('order', id))?.state;

    async function picture(name: string): Promise<void> {
      if (PICTURES === undefined) return;
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    }

    it('asks for the token, refuses another one, and remembers who logged in', async () => {
      await page.goto(bench.url.slice(0, -1));
      await page.getByLabel('Operator token').fill('not-the-token-at-all');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toBe('This is not the operator token.');
      await picture('login');

      await page.getByLabel('Operator token').fill(TOKEN);
      await page.getByLabel('Your name').fill('Ada');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Queues' }).waitFor();
      expect(await page.locator('header').innerText()).toContain('Ada');
      expect(await page.evaluate('document.cookie')).toBe('');
      expect((await context.cookies())[0]).toMatchObject({
        httpOnly: true,
        sameSite: 'Lax',
        path: '/queues/-',
      });
    });

    it('shows by itself what happens meanwhile, and keeps the focus where it is', async () => {
      await queueRow('order').waitFor();
      await page.getByRole('link', { name: 'nightly' }).first().focus();
      for (const customer of ['ada', 'bob', 'cy']) await bench.addOrder({ customer });
      await bench.addOrder({ customer: 'dan', does: 'hold' }, 'held-order');
      const failing = ['eve', 'eve', 'fay'].map((customer) =>
        bench.addOrder({ customer, does: 'fail' }),
      );
      for (const id of await Promise.all(failing)) await bench.untilOrder(id, 'failed');

      await page
        .getByRole('table', { name: 'Jobs that run now' })
        .getByText('held-order')
        .waitFor();
      await until(async () => (await page.title()) === '(3 dead) Queues');
      expect(await queueRow('order').innerText()).toContain('3');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('nightly');
      await picture('overview');
    });

    it('asks before it pauses a queue, by keyboard alone, and says what it did', async () => {
      const pause = page.getByRole('button', { name: 'Pause order' });
      await pause.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Pause order?' });
      await dialog.waitFor();
      await picture('question');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Pause');

      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Pause' }).press('Enter');
      await until(async () => (await said()).includes('paused'));
      await page.getByRole('button', { name: 'Resume order' }).waitFor();
      expect(bench.audit.some((line) => line.startsWith('"Ada" from 127.0.0.1: pause'))).toBe(true);
      await page.getByRole('button', { name: 'Resume order' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
      await pause.waitFor();
    });

    it('shows why jobs failed, and retries one kind', async () => {
      await page.getByRole('link', { name: 'order', exact: true }).first().click();
      const failures = page.getByRole('table', { name: 'Dead jobs by reason' });
      await failures.waitFor();
      expect(await heading()).toBe('order');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
      await picture('queue');
      expect(await failures.getByRole('row').nth(1).innerText()).toContain(
        'No stock of article … for eve.',
      );

      await failures.getByRole('button', { name: /^Retry 2 jobs/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Retry all 2' }).click();
      await until(async () => (await said()) === '2 jobs wait again.');
    });

    it('searches in the data, and has the search in the address', async () => {
      await page
        .getByRole('navigation', { name: 'State of the jobs' })
        .getByText('Completed')
        .click();
      await page.locator('[aria-current=page]').getByText('Completed').waitFor();
      await page.getByLabel('Id, data or failure has').fill('BOB');
      await page.keyboard.press('Enter');
      await until(
        async () =>
          (await page
            .getByRole('table', { name: /^Jobs of order/ })
            .getByRole('row')
            .count()) === 2,
      );
      expect(page.url()).toContain('#/queues/order?state=completed&text=BOB');
      await page.reload();
      await row('bob').waitFor();
      expect(await page.getByLabel('Id, data or failure has').inputValue()).toBe('BOB');
    });

    it('finds a job by its id, shows all of it, and cancels it while it runs', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type('held-order');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'held-order' }).waitFor();
      expect(await page.locator('main').innerText()).toContain('packing for dan');
      await page.getByRole('button', { name: 'Cancel the job held-order' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await until(async () => (await stateOf('held-order')) === 'cancelled');
      await page.getByRole('button', { name: 'Retry the job held-order' }).waitFor();
      await picture('job');
      expect(held.size).toBe(0);
    });

    it('runs a schedule now, and shows its job', async () => {
      await page.getByRole('link', { name: 'Queues', exact: true }).first().click();
      await page.getByRole('button', { name: 'Run nightly now' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
      await until(() => /#\/queues\/nightly\/jobs\/.+/.test(page.url()));
      await page.getByText('completed', { exact: true }).waitFor();
    });

    it('leads from a child to its parent', async () => {
      const children = { orders: [{ data: { customer: 'gus' } }, { data: { customer: 'hal' } }] };
      const parent = await bench.producer(invoiceJob).add({}, { children });
      await page.goto(`${bench.url}#/queues/invoice/jobs/${parent.id}`);
      const list = page.getByRole('list', { name: 'Children' });
      await until(async () => (await list.getByText('completed').count()) === 2);
      await picture('flow');
      await list.getByRole('link').first().click();
      await page.getByText('A child of').getByRole('link').click();
      await until(async () => (await heading()) === parent.id);
    });

    it('fits a narrow window, in the dark too', async () => {
      for (const [name, hash] of [
        ['overview', '#/'],
        ['queue', '#/queues/order?state=failed'],
      ] as const) {
        await page.goto(bench.url + hash);
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.setViewportSize({ width: 1280, height: 860 });
        await page.getByRole('table').first().waitFor();
        await picture(`${name}-dark`);
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          360,
        );
        await picture(`${name}-dark-narrow`);
        await page.emulateMedia({ colorScheme: 'light' });
        await picture(`${name}-narrow`);
      }
      await page.setViewportSize({ width: 1280, height: 860 });
    });

    it('says that it is not connected, and goes on by itself', async () => {
      await page.goto(`${bench.url}#/`);
      await page.getByText('Live', { exact: true }).waitFor();
      await context.setOffline(true);
      await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
      expect(await page.locator('#live').innerText()).toBe('Not connected');
      await picture('offline');
      await context.setOffline(false);
      await page.getByText('Live', { exact: true }).waitFor();
      // Chromium reports what could not be loaded.
      problems.splice(0);
    });

    it('works behind a proxy that serves it below a prefix', async () => {
      const inner = new URL(bench.url);
      const proxy = createServer((incoming, outgoing) => {
        const path = (incoming.url ?? '').replace(/^\/ops/, '');
        const headers = { ...incoming.headers, 'x-forwarded-host': incoming.headers.host };
        const { method } = incoming;
        const forwarded = request(new URL(path, inner), { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        incoming.pipe(forwarded);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const other = await browser.newContext();
      try {
        const { port } = proxy.address() as AddressInfo;
        const tab = await other.newPage();
        await tab.goto(`http://localhost:${port}/ops/queues/-`);
        await tab.getByLabel('Operator token').fill(TOKEN);
        await tab.keyboard.press('Enter');
        await tab.getByRole('button', { name: 'Pause order' }).click();
        await tab.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
        await tab.getByRole('button', { name: 'Resume order' }).click();
        await tab.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
        await tab.getByRole('button', { name: 'Pause order' }).waitFor();
        expect(tab.url()).toContain('/ops/queues/-/');
      } finally {
        await other.close();
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
      }
    });

    it('logs out', async () => {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByLabel('Operator token').waitFor();
      expect(await context.cookies()).toEqual([]);
    });
  },
);
