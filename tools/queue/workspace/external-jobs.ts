import { parseJsonText } from './json-text';
import { applyEdits, findNodeAtLocation, type JSONPath, modify, parseTree } from 'jsonc-parser';
import { PLUGIN_NAME } from './plugin-name';
import type { SourceFiles } from './source-files';

interface NxJsonPart {
  sync?: { generatorOptions?: Record<string, { externalJobs?: string[] } | undefined> };
}

/** Where nx.json names them. */
const PATH = ['sync', 'generatorOptions', `${PLUGIN_NAME}:sync`, 'externalJobs'];

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/**
 * The jobs whose contract is here and whose processor runs in another workspace, from nx.json:
 * `{ "sync": { "generatorOptions": { "@tools/queue:sync": { "externalJobs": ["invoice"] } } } }`.
 */
export function externalJobs(files: SourceFiles): Set<string> {
  return new Set(namedIn(files.read('nx.json', 'utf-8') ?? '{}'));
}

/** The text of nx.json with one more of these jobs. */
export function withExternalJob(nxJson: string, job: string): string {
  const jobs = namedIn(nxJson);
  if (jobs.includes(job)) return nxJson;
  return withValue(nxJson === '' ? '{}' : nxJson, PATH, [...jobs, job].sort());
}

/** The text of nx.json without one of these jobs, and without what is empty then. */
export function withoutExternalJob(nxJson: string, job: string): string {
  const jobs = namedIn(nxJson);
  if (!jobs.includes(job)) return nxJson;
  const others = jobs.filter((name) => name !== job);
  if (others.length > 0) return withValue(nxJson, PATH, others);
  let path = PATH;
  let text = withValue(nxJson, path, undefined);
  for (path = path.slice(0, -1); path.length > 0 && isEmpty(text, path); path = path.slice(0, -1)) {
    text = withValue(text, path, undefined);
  }
  return text;
}

function namedIn(nxJson: string): string[] {
  const { sync } = parseJsonText(nxJson === '' ? '{}' : nxJson) as NxJsonPart;
  return sync?.generatorOptions?.[`${PLUGIN_NAME}:sync`]?.externalJobs ?? [];
}

function withValue(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, FORMAT));
}

function isEmpty(text: string, path: JSONPath): boolean {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, path);
  return node?.type === 'object' && (node.children ?? []).length === 0;
}
