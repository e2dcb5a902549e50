import { REDIS_FIELDS } from '../internals';

const { data, options, progress, parent, deferredFailure } = REDIS_FIELDS;

/** The fields of a job's hash that hold JSON, with their meaning. */
const JSON_FIELDS: ReadonlyMap<string, string> = new Map([
  [data, 'data'],
  [options, 'options'],
  [progress, 'progress'],
  [parent, 'parent'],
]);

/**
 * Makes a job's hash safe for BullMQ to parse. BullMQ parses the JSON after a worker has fetched the job,
 * and throws: the job is held until its lock expires, fetched again, and so on without end, and the worker
 * treats the error as one of the job that it has just finished.
 *
 * So a field that is not JSON is omitted (the data's text is kept for inspection), and the job fails at
 * once, with a reason. Exception: the parent, which BullMQ's own script parses when the job ends, and
 * throws. Postgres refuses to store invalid JSON.
 *
 * @param fields alternating names and values, as in Redis's reply
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

/** Called for every fetched job, so it allocates nothing unless a field is broken. */
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
