/** Series as a query selects them: a name, and the values that its labels may have. */
export interface Selector {
  readonly text: string;
  readonly name: string;
  /** By label, what its value has to match. */
  readonly labels: ReadonlyMap<string, RegExp>;
}

/** Names of metrics begin with one of these; everything else in a query is of PromQL. */
const SELECTOR = /\b((?:queue|pool|nodejs|process)_\w+)(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)(=~?)"([^"]*)"/g;

/** What a PromQL expression of a panel or a rule selects. */
export function selectorsIn(expression: string): Selector[] {
  // `by (le)` and the like name labels, of which none begins as a metric does.
  return [...expression.matchAll(SELECTOR)].map(([text, name = '', matchers = '']) => ({
    text,
    name,
    labels: new Map(
      [...matchers.matchAll(MATCHER)].map(([, label = '', operator, value = '']) => [
        label,
        operator === '=' ? literal(value) : pattern(value),
      ]),
    ),
  }));
}

/** Whether a scrape has a series that it selects. */
export function isIn(scrape: string, { name, labels }: Selector): boolean {
  return scrape.split('\n').some((line) => {
    const series = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line);
    if (series?.[1] !== name) return false;
    const values = new Map(
      [...(series[2] ?? '').matchAll(MATCHER)].map(([, label = '', , value = '']) => [
        label,
        value,
      ]),
    );
    return [...labels].every(([label, expected]) => expected.test(values.get(label) ?? ''));
  });
}

/** Every `expr` in a dashboard or in rules that were parsed. */
export function expressionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'expr' && typeof inner === 'string' ? [inner] : expressionsIn(inner),
  );
}

function literal(value: string): RegExp {
  return pattern(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** As Prometheus does, of the whole value. A variable of the dashboard stands for any. */
function pattern(value: string): RegExp {
  return new RegExp(`^(?:${value.startsWith('$') ? '.+' : value})$`);
}
