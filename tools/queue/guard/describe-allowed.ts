import type { Allowed } from '../bundle/allow-options';

/** Today, in the form of `until`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The entries whose last day is over. They fail no build: what a commit builds does not depend on the clock. */
export function overdueOf(allowed: readonly Allowed[], day = today()): Allowed[] {
  return allowed.filter(({ until }) => until < day);
}

/** One line for all entries; undefined if there are none. */
export function describeAllowed(allowed: readonly Allowed[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const files = countOf(allowed.reduce((sum, entry) => sum + entry.files.length, 0));
  const rules = [...new Set(allowed.map(({ rule }) => rule))].join(', ');
  const next = allowed.map(({ until }) => until).sort()[0];
  return `Allowed for now: ${files} against ${rules}, until ${next}.`;
}

/** A sentence for each entry whose last day is over. */
export function describeOverdue(
  project: string,
  allowed: readonly Allowed[],
  day = today(),
): string[] {
  return overdueOf(allowed, day).map(
    ({ rule, paths, files, reason, until }) =>
      `"${project}" was to ship without ${countOf(files.length)} of ${paths.join(', ')} by ${until} (${rule}): ${reason}. ` +
      `Move the code, or set a new "until" in "allow".`,
  );
}

export function countOf(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}
