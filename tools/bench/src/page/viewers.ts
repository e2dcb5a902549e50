import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError } from '@tools/experiment';

/** In milliseconds: the pause of the page's script between two reads. */
const PAUSE = 2_000;

/** Browsers that look at a page, without drawing it: they ask what its script asks, as often. */
export class Viewers {
  private readonly ended = new AbortController();
  private readonly looking: Promise<void>[];
  /** Answers so far. */
  answers = 0;

  /**
   * Half of them look at the overview, the others at a queue: the first one at its page.
   *
   * @param page its URL, with a slash at the end
   */
  constructor(page: string, count: number, queue: string) {
    const views = [
      [
        'data/overview',
        `data/queues/${queue}/jobs?state=completed`,
        `data/queues/${queue}/failures`,
      ],
      ['data/overview'],
    ];
    this.looking = Array.from({ length: count }, (_, index) =>
      this.look(
        (views[index % views.length] ?? []).map((path) => `${page}${path}`),
        (index * PAUSE) / count,
      ),
    );
  }

  /** @throws ExperimentError if an answer was refused */
  async leave(): Promise<void> {
    this.ended.abort();
    await Promise.all(this.looking);
  }

  private async look(urls: readonly string[], delay: number): Promise<void> {
    const { signal } = this.ended;
    try {
      await sleep(delay, undefined, { signal });
      for (;;) {
        await Promise.all(urls.map((url) => this.ask(url)));
        await sleep(PAUSE, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async ask(url: string): Promise<void> {
    const headers = { accept: 'application/json', 'x-queue-page': '1' };
    const response = await fetch(url, { headers });
    const text = await response.text();
    if (!response.ok) throw new ExperimentError(`${url} answered ${response.status}: ${text}`);
    this.answers += 1;
  }
}
