/** The fields of a job's hash that hold JSON, by what they hold. */
const JSON_FIELDS: Readonly<Record<string, string>> = {
  data: 'data',
  opts: 'options',
  progress: 'progress',
  parent: 'parent',
};

/** Where BullMQ keeps why a job is to be failed without being run. */
const DEFERRED_FAILURE = 'defa';

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
export function readableJob(queue: string, id: string, fields: readonly string[]): string[] {
  const readable = [...fields];
  const broken: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [field = '', value = ''] = fields.slice(index, index + 2);
    const meaning = JSON_FIELDS[field];
    if (meaning === undefined || value === '' || isJson(value)) continue;
    broken.push(meaning);
    readable[index + 1] = field === 'data' ? JSON.stringify(value) : '';
  }
  if (broken.length > 0) readable.push(DEFERRED_FAILURE, reason(queue, id, broken));
  return readable;
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
