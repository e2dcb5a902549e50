import { LISTED_STATES, type ListedState } from '../page-data';

/** What is shown, which is in the address: it can be sent to a colleague, and the browser's buttons work. */
export type Route =
  | { readonly view: 'overview' }
  | {
      readonly view: 'queue';
      readonly queue: string;
      readonly state: ListedState | undefined;
      readonly filter: Filter;
    }
  | { readonly view: 'job'; readonly queue: string; readonly id: string };

export interface Filter {
  readonly text: string;
  /** As a field for a time has it: `2026-11-29T10:00`, in the visitor's zone. */
  readonly from: string;
  readonly to: string;
  readonly after: string;
}

export function parseRoute(hash: string): Route {
  const [path = '', search] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, queue = '', second, id = ''] = path.split('/').map(decodeSafely);
  if (first !== 'queues' || queue === '') return { view: 'overview' };
  if (second === 'jobs' && id !== '') return { view: 'job', queue, id };
  const query = new URLSearchParams(search);
  const get = (name: string) => query.get(name) ?? '';
  return {
    view: 'queue',
    queue,
    state: LISTED_STATES.find((state) => state === get('state')),
    filter: { text: get('text'), from: get('from'), to: get('to'), after: get('after') },
  };
}

export function jobLink(queue: string, id: string): string {
  return `#/queues/${encodeURIComponent(queue)}/jobs/${encodeURIComponent(id)}`;
}

export function queueLink(
  queue: string,
  state?: ListedState,
  filter: Partial<Filter> = {},
): string {
  const given = Object.entries({ state, ...filter }).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  return `#/queues/${encodeURIComponent(queue)}${search}`;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
