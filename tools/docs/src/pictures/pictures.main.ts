/*
 * npx nx run docs:pictures
 *
 * Takes the pictures of the README anew: the page of queues and the report of a bundle, as they are.
 *
 * Needs     `npm start` in another terminal, on data that may be added to; Chromium (CHROMIUM_PATH names it).
 * Knobs     API_URL, where the api of that start is.
 * Output    docs/pictures/queues.png and report.png, less than 150 kB each, with the colours of light mode.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { addJobs } from './add-jobs';

const WORKSPACE = resolve(__dirname, '../../../..');
const FOLDER = join(WORKSPACE, 'docs/pictures');
const API = process.env['API_URL'] ?? 'http://localhost:3000';

/** In bytes. A README is read on telephones too. */
const LARGEST = 150_000;

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no ${executablePath}. Install Chromium, or name it in CHROMIUM_PATH.`,
    );
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    await pictureOfQueues(browser);
    await pictureOfReport(browser);
  } finally {
    await browser.close();
  }
}

async function pictureOfQueues(browser: Browser): Promise<void> {
  await addJobs(API);
  const page = await open(browser, `${API}/queues`, 620);
  const failed = page.getByRole('table', { name: 'Queues' }).getByText('thumbnail');
  await failed.waitFor();
  await save(page, 'queues');
}

async function pictureOfReport(browser: Browser): Promise<void> {
  for (const args of [
    ['nx', 'build', 'worker'],
    ['queue', 'report'],
  ]) {
    const { status } = spawnSync('npx', args, { cwd: WORKSPACE, stdio: 'inherit' });
    if (status !== 0) throw new Error(`npx ${args.join(' ')} failed.`);
  }
  const file = join(WORKSPACE, 'dist/reports/worker/bundle.html');
  await save(await open(browser, pathToFileURL(file).href, 760), 'report');
}

async function open(browser: Browser, url: string, height: number): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width: 1_200, height },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(url);
  return page;
}

async function save(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, compressionLevel: 9, effort: 10 })
    .toFile(file);
  if (size > LARGEST) throw new Error(`${file} has ${size} bytes, more than ${LARGEST}.`);
  console.log(`${file}: ${size} bytes`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
