import type { PageSetup } from '../page-data';
import { confirmAction } from './confirm';
import { readContent } from './content';
import { find, h } from './dom';
import { complain, drawFrame, say, showLive } from './frame';
import { morphChildren } from './morph';
import type { Action } from './parts';
import { jobLink, parseRoute, queueLink } from './route';
import { server, FailedRequest } from './server';

/* The script of the page: it reads every two seconds what the address names, and draws it. */

/** In milliseconds: the pause between two reads, and after one that failed. */
const PAUSE = { usual: 2_000, afterFailure: 4_000 };

const setup = JSON.parse(document.body.dataset['setup'] ?? '{}') as PageSetup;
drawFrame(setup);

let next: ReturnType<typeof setTimeout> | undefined;
/** Goes up with each read, so that a late answer is not drawn over a newer one. */
let reads = 0;
let shownHash: string | undefined;

async function refresh(): Promise<void> {
  clearTimeout(next);
  reads += 1;
  const read = reads;
  const { hash } = location;
  const isNew = hash !== shownHash;
  let pause = PAUSE.usual;
  try {
    const { overview, elements, title } = await readContent(parseRoute(hash), !setup.readOnly);
    if (read !== reads) return;
    // Another view is drawn anew, the same one is changed where it differs.
    if (isNew) find('#main').replaceChildren(...elements);
    else morphChildren(find('#main'), h('main', {}, ...elements));
    document.title = title;
    find('#store').textContent = overview.store;
    showLive(true);
    complain(undefined);
    if (isNew) enter();
    shownHash = hash;
  } catch (error) {
    if (read !== reads) return;
    if (error instanceof FailedRequest && error.status === 401) {
      // The session has ended: the login is there.
      location.reload();
      return;
    }
    showLive(false);
    complain(error instanceof Error ? error.message : String(error));
    pause = PAUSE.afterFailure;
  }
  if (!document.hidden) next = setTimeout(() => void refresh(), pause);
}

/** Those who do not see that the view has changed hear it. Not at the first one: the page itself is read then. */
function enter(): void {
  if (shownHash === undefined) return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

async function act(action: Action): Promise<void> {
  if (!(await confirmAction(action))) return;
  try {
    const { message, job } = await server.act(action.action, action.queue, action.query ?? {});
    say(message);
    if (job !== undefined) location.hash = jobLink(job.queue, job.id);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  await refresh();
}

function findField(): HTMLInputElement {
  return find('#find-id') as HTMLInputElement;
}

async function findJob(id: string): Promise<void> {
  if (id === '') return;
  try {
    const { jobs } = await server.find(id);
    const [first] = jobs;
    if (first === undefined) say(`No queue has a job ${id}.`);
    else {
      findField().value = '';
      location.hash = jobLink(first.queue, first.id);
      if (jobs.length > 1) {
        const others = jobs.slice(1).map(({ queue }) => queue);
        say(`There are jobs with this id in ${others.join(', ')} as well.`);
      }
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  const act_ = target.closest('[data-act]')?.getAttribute('data-act');
  if (act_) void act(JSON.parse(act_) as Action);
  if (target.closest('#log-out') !== null) void logOut();
});

async function logOut(): Promise<void> {
  await server.logOut();
  location.reload();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === 'dialog') return;
  event.preventDefault();
  if (form.id === 'find') void findJob(findField().value.trim());
  const search = form.dataset['search'];
  if (search === undefined) return;
  const { queue, state } = JSON.parse(search) as { queue: string; state: 'failed' };
  const fields = new FormData(form);
  const field = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  location.hash = queueLink(queue, state, {
    text: field('text'),
    from: field('from'),
    to: field('to'),
  });
});

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  const isTyping = target instanceof HTMLInputElement;
  if (key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  findField().focus();
});

document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
  event.preventDefault();
  document.querySelector<HTMLElement>('main h1')?.focus();
});

addEventListener('hashchange', () => void refresh());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refresh();
});
void refresh();
