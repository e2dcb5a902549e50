import type { SizeBudget } from '../bundle/bundle-settings';
import type { BundleSizes } from '../record/build-record';
import { formatBytes } from '../terminal/format-bytes';
import { PluginError } from '../workspace/index';
import { packageManager } from '../workspace/package-manager';

/** How many contents a message names. */
const NAMED = 3;

/**
 * A bundle is larger than its project allows (`maxSize`, `maxStartSize`).
 *
 * To do: look what has grown, with the command in the message; take it out, or raise the limit in the options of
 * the project's build target.
 */
export class SizeBudgetError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_SIZE_BUDGET';
}

interface Limit {
  option: keyof SizeBudget;
  subject: (project: string) => string;
  total: 'bytes' | 'start';
}

const LIMITS: readonly Limit[] = [
  {
    option: 'maxSize',
    subject: (project) => `The bundle of "${project}" has`,
    total: 'bytes',
  },
  {
    option: 'maxStartSize',
    subject: (project) => `"${project}" reads at its start`,
    total: 'start',
  },
];

/**
 * @param before of the last build that kept its budget, to tell what has grown
 * @throws SizeBudgetError with a sentence for each limit that is exceeded
 */
export function assertBudget(
  project: string,
  budget: SizeBudget,
  sizes: BundleSizes,
  before: BundleSizes | undefined,
): void {
  const sentences = LIMITS.flatMap(({ option, subject, total }) => {
    const limit = budget[option];
    if (limit === undefined || sizes[total] <= limit) return [];
    const [size, allowed] = apart(sizes[total], limit);
    return [
      `${subject(project)} ${size}, which is more than the ${allowed} of "${option}" allow: ${causes(sizes, before, total)}.`,
    ];
  });
  if (sentences.length === 0) return;
  throw new SizeBudgetError(
    [
      ...sentences,
      `Nothing was written. All of its contents: ${packageManager().exec} queue report --project=${project}`,
    ].join('\n'),
  );
}

/** A size that exceeds its limit by little would look the same with three digits. */
function apart(size: number, limit: number): [string, string] {
  const texts: [string, string] = [formatBytes(size), formatBytes(limit)];
  const inBytes = (bytes: number): string => `${bytes.toLocaleString('en')} B`;
  return texts[0] === texts[1] ? [inBytes(size), inBytes(limit)] : texts;
}

function causes(
  { contents }: BundleSizes,
  before: BundleSizes | undefined,
  total: 'bytes' | 'start',
): string {
  const previous = new Map(before?.contents.map((content) => [keyOf(content), content[total]]));
  const named = contents.filter(({ kind }) => kind !== 'bundler');
  const grown = named
    .map((content) => {
      const old = previous.get(keyOf(content)) ?? 0;
      return { name: content.name, isNew: old === 0, bytes: content[total] - old };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED);
  if (before !== undefined && grown.length > 0) {
    const list = grown.map(
      ({ name, isNew, bytes }) => `${name} +${formatBytes(bytes)}${isNew ? ' (new)' : ''}`,
    );
    return `since the last build within its limits grew ${list.join(', ')}`;
  }
  const largest = [...named].sort((a, b) => b[total] - a[total]).slice(0, NAMED);
  const list = largest.map((content) => `${content.name} ${formatBytes(content[total])}`);
  return `the largest contents are ${list.join(', ')}`;
}

function keyOf({ kind, name }: { kind: string; name: string }): string {
  return `${kind}:${name}`;
}
