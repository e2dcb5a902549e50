import { REDIS_FIELDS } from './internals';

const { data, options, progress, parent, deferredFailure } = REDIS_FIELDS;

/** The fields of a job's hash that hold JSON, by what they hold. */
const JSON_FIELDS: ReadonlyMap<string, string> = new Map([
  [data, 'data'],
  [options, 'options'],
  [progress, 'progress'],
  [parent, 'parent'],
]);

/**
 * A job's hash as BullMQ can read it. BullMQ parses the JSON in it after a worker has fetched the job,
 * and throws: the job is then held until its lock has expired, fetched again, and so on for ever; and
 * the worker takes the error for one of the job that it has just ended.
 *
 * So a field that is not JSON is left out (of the data, the text is kept for whoever looks at the job),
 * and the job is failed at once, with a reason. (Not if it is the parent: BullMQ's own script reads that
 * when the job ends, and throws.) Postgres refuses to store what is not JSON.
 *
 * @param fields names and values in turn, as Redis answers
 */
export function readableJob(
  queue: string,
  id: string,
  fields: readonly string[],
): readonly string[] {
  const broken = brokenFields(fields);
  if (broken.length === 0) return fields;
  const readable = [...fields];
  for (const { index, field, value } of broken) {
    readable[index + 1] = field === data ? JSON.stringify(value) : '';
  }
  const meanings = broken.map(({ meaning }) => meaning);
  readable.push(deferredFailure, reason(queue, id, meanings));
  return readable;
}

/** Asked for every job that a worker fetches, so it makes nothing as long as there is nothing to tell. */
function brokenFields(fields: readonly string[]) {
  const broken: { index: number; field: string; value: string; meaning: string }[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const field = fields[index] ?? '';
    const meaning = JSON_FIELDS.get(field);
    if (meaning === undefined) continue;
    const value = fields[index + 1] ?? '';
    if (value !== '' && !isJson(value)) broken.push({ index, field, value, meaning });
  }
  return broken;
}

function reason(queue: string, id: string, broken: readonly string[]): string {
  return (
    `The job ${id} of "${queue}" was not run: what is stored as its ${broken.join(' and its ')} is not JSON. ` +
    'Something else than a producer has written it. Remove the job, and add it again with the right data.'
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
