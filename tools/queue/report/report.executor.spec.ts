import { stop as stopEsbuild } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findBrowser, until } from '@libs/testing';
import type { ExecutorRun } from '../testing/run-executor';
import { runExecutor } from '../testing/run-executor';
import { WorkerFixture } from '../testing/worker-fixture';
import type { BundleMap } from '../measure/bundle-map';
import reportExecutor from './report.executor';
import type { ReportOptions } from './report-options';

const PAGE = 'dist/reports/runner/bundle.html';

let fixture: WorkerFixture;
let printed: ExecutorRun;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
  printed = await report({});
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

function report(options: ReportOptions, projectName = 'runner') {
  const { workspace, graph } = fixture;
  return runExecutor(reportExecutor, options, {
    root: workspace.root,
    projectName,
    projectGraph: graph,
  });
}

describe('the report', () => {
  it('prints a row a processor, and where the page is', () => {
    expect(printed.success).toBe(true);
    expect(printed.output).toMatch(/^The bundle of runner: .* in \d+ files, 1 package beside it$/m);
    expect(printed.output).toMatch(/^pictures \(in a process\) .* native-thing 5\.\d+ kB$/m);
    expect(printed.output).toMatch(/^texts .* -$/m);
    expect(printed.output).toContain(`Wrote ${PAGE}`);
    expect(fixture.workspace.has(PAGE)).toBe(true);
  });

  it('is the same as JSON, and in a file with each file of the bundle', async () => {
    const { output } = await report({ json: true });

    const map = JSON.parse(output) as BundleMap;
    expect(map.parts.map(({ name }) => name)).toEqual(['main', 'sandbox', 'pictures', 'texts']);
    const written = fixture.workspace.readJson('dist/reports/runner/report.json') as BundleMap;
    expect(written.parts).toEqual(map.parts);
    expect(written.groups[0]?.contents[0]?.files[0]).toHaveProperty('path');
  });

  it('of an application that was never built is a sentence', async () => {
    const { success, errors } = await report({}, 'other');

    expect(success).toBe(false);
    expect(errors).toBe('"other" has not been built yet. Run: npx nx build other\n');
  });

  it('is one file that names no other', () => {
    const text = fixture.workspace.read(PAGE);

    expect(text).not.toMatch(/(?:src|href)=|url\(|@import/);
    expect(text).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"));
  });
});

const executablePath = findBrowser();
if (executablePath === undefined) {
  process.stderr.write(
    '\nLEFT OUT: the page of the report was not tested, because no Chromium was found. ' +
      'Install one, or name it in CHROMIUM_PATH.\n\n',
  );
}

(executablePath === undefined ? describe.skip : describe)('the page, in a browser', () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
      ],
    });
    page = await browser.newPage();
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) problems.push(`asked for ${request.url()}`);
    });
  });
  afterAll(() => browser.close());

  // The same tab: each new one starts a process.
  beforeEach(async () => {
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.mouse.move(0, 0);
    await page.goto(`file://${fixture.workspace.root}/${PAGE}`);
  });
  afterEach(() => {
    expect(problems.splice(0)).toEqual([]);
  });

  const tile = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}, `) });
  const path = () => page.locator('#path li').allInnerTexts();
  const said = () => page.locator('#said').innerText();

  it('shows a tile for each group and package, without an error or a request', async () => {
    await tile('Every process').waitFor();
    await tile('shared-pkg').waitFor();
    expect(await page.title()).toBe('runner: contents of the bundle');
  });

  it('zooms in and out by click', async () => {
    await tile('texts-pkg').click();
    expect(await path()).toEqual(['runner', expect.stringMatching(/^texts/)]);

    await page.getByRole('navigation').getByText('runner').click();
    expect(await path()).toEqual([expect.stringMatching(/^runner/)]);
  });

  it('zooms in and out by keyboard', async () => {
    await page.locator('#map [tabindex="0"]').focus();
    await page.keyboard.press('Enter');
    expect(await path()).toHaveLength(2);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    expect(await path()).toHaveLength(1);
  });

  it('keeps the focus where it is when the window changes its size', async () => {
    await page.locator('#map [tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    const focused = (attribute: string) => page.locator('#map :focus').getAttribute(attribute);
    const [label, place] = [await focused('aria-label'), await focused('style')];

    await page.setViewportSize({ width: 700, height: 800 });
    await until(async () => (await focused('style')) !== place);
    expect(await focused('aria-label')).toBe(label);
  });

  it('says what a tile is, beside the pointer', async () => {
    await tile('texts-pkg').hover();

    expect(await page.locator('#tooltip').innerText()).toMatch(
      /^texts-pkg\n1\.\d+ kB · .* % of all\nnpm package\nLoaded only where texts is selected$/,
    );
  });

  it('dims what a process does not load that runs the chosen processor only', async () => {
    await page.getByRole('table').getByRole('button', { name: 'texts' }).click();

    expect(await said()).toMatch(/^A process that runs only texts loads .* %\.$/);
    const isDimmed = async (name: string) =>
      (await tile(name).getAttribute('class'))?.split(' ').includes('is-dimmed');
    expect(await isDimmed('texts-pkg')).toBe(false);
    expect(await isDimmed('start-pkg')).toBe(false);
    expect(await isDimmed('pictures')).toBe(true);
  });

  it('finds a package by a part of its name', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('shared-p');
    expect(await said()).toMatch(/: .*shared-pkg/);

    await page.keyboard.press('Enter');
    expect((await path()).length).toBeGreaterThan(1);
  });

  it('shows the packages beside the bundle on demand', async () => {
    expect(await tile('native-thing').count()).toBe(0);
    await page.getByRole('switch').check();
    await tile('native-thing').waitFor();
  });

  it('shows what the project graph allows and the bundle leaves out, once opened', async () => {
    const item = page.getByText('unused-pkg');
    expect(await item.isVisible()).toBe(false);
    await page.getByText('Allowed by the project graph').click();
    expect(await item.isVisible()).toBe(true);
  });

  it('fits a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 740 });

    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
  });
});
