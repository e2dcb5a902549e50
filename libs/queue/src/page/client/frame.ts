import type { PageSetup } from '../page-data';
import { find, h } from './dom';

/** Everything around the views. */
export function drawFrame({ user, how, readOnly }: PageSetup): void {
  find('body').replaceChildren(
    h('a', { class: 'skip', href: '#main', 'data-skip': true }, 'Skip to the content'),
    h(
      'header',
      {},
      h('a', { href: '#/', class: 'home' }, 'Queues'),
      h('span', { id: 'store', class: 'store' }),
      h(
        'form',
        { id: 'find', role: 'search', 'aria-label': 'Find a job' },
        h('input', {
          id: 'find-id',
          type: 'search',
          placeholder: 'Find a job by its id',
          'aria-label': 'Find a job by its id',
          'aria-keyshortcuts': '/',
          autocomplete: 'off',
          spellcheck: 'false',
        }),
      ),
      h('span', { id: 'live', class: 'live' }, 'Reading …'),
      readOnly && h('span', { class: 'badge' }, 'read-only'),
      h('span', { class: 'user' }, how === 'open' ? '' : user),
      how === 'session' &&
        h('button', { type: 'button', id: 'log-out', class: 'action' }, 'Log out'),
    ),
    (how === 'open' &&
      h(
        'p',
        { class: 'banner' },
        'Open for development: everyone on this machine can use this page. Set ',
        h('code', {}, 'OPERATOR_TOKEN'),
        ' to ask for a login.',
      )) ||
      '',
    h('p', { id: 'problem', class: 'banner is-bad', role: 'alert', hidden: true }),
    h('main', { id: 'main' }),
    h('p', { id: 'said', class: 'said', role: 'status', 'aria-live': 'polite', hidden: true }),
  );
}

let hiding: ReturnType<typeof setTimeout> | undefined;

/** Says what came of an action, aloud too. */
export function say(message: string): void {
  const said = find('#said');
  said.hidden = false;
  said.textContent = message;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    said.hidden = true;
  }, 8_000);
}

/** Shows what is wrong until it is right. */
export function complain(message: string | undefined): void {
  const problem = find('#problem');
  problem.hidden = message === undefined;
  if (message !== undefined && problem.textContent !== message) problem.textContent = message;
}

/** Shows whether what is shown is of now. */
export function showLive(isLive: boolean): void {
  const live = find('#live');
  live.classList.toggle('is-off', !isLive);
  const text = isLive ? 'Live' : 'Not connected';
  if (live.textContent !== text) live.textContent = text;
}
