import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';

const MAILS = [
  ['ada@example.com', 'Your order 20417 is on its way'],
  ['grace@example.com', 'Your invoice for November'],
  ['alan@example.com', 'Reset your password'],
  ['edsger@example.com', 'Your order 20418 is on its way'],
  ['barbara@example.com', 'Welcome'],
] as const;

/** In milliseconds. */
const LONGEST = 60_000;

/** Adds jobs of each kind through an api, as its clients do, and waits until they have ended. One kind of them fails. */
export async function addJobs(api: string): Promise<void> {
  const image = await photo();
  const jobs: string[] = [];
  for (let round = 0; round < 4; round++) {
    for (const [to, subject] of MAILS) {
      jobs.push(await post(`${api}/notifications`, { to, subject, text: 'Thank you.' }));
    }
    jobs.push(await upload(api, image));
  }
  // A file that a connection cut off: its head is right.
  for (let cut = 0; cut < 2; cut++) {
    jobs.push(await upload(api, image.subarray(0, image.length / 2)));
  }
  const to = new Date().toISOString().slice(0, 10);
  const from = new Date(Date.now() - 13 * 86_400_000).toISOString().slice(0, 10);
  jobs.push(await post(`${api}/reports`, { from, to }));
  await untilEnded(jobs);
}

async function photo(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: 1_600, height: 1_200, channels: 3, background: '#888', noise } })
    .jpeg()
    .toBuffer();
}

/** @returns the URL of the job */
async function post(url: string, body: object): Promise<string> {
  return jobOf(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

async function upload(api: string, bytes: Buffer): Promise<string> {
  const body = new FormData();
  body.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'photo.jpg');
  return jobOf(await fetch(`${api}/images`, { method: 'POST', body }));
}

async function jobOf(response: Response): Promise<string> {
  const location = response.headers.get('location');
  if (response.status !== 202 || location === null) {
    throw new Error(
      `POST ${response.url} was answered ${response.status}: ${await response.text()}`,
    );
  }
  return new URL(location, response.url).href;
}

async function untilEnded(jobs: readonly string[]): Promise<void> {
  const deadline = Date.now() + LONGEST;
  for (const job of jobs) {
    for (;;) {
      const { state } = (await (await fetch(job)).json()) as { state?: string };
      if (state === 'completed' || state === 'failed') break;
      if (Date.now() > deadline) throw new Error(`${job} has not ended: ${state ?? 'unknown'}`);
      await pause(100);
    }
  }
}
