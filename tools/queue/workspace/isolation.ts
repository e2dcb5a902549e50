import ts from 'typescript';
import { propertyOf } from './parse-source';

/** What `isolation` of `@JobProcessor` may be: where its jobs run, if not in the worker itself. */
export const ISOLATION_KINDS = ['process', 'thread'] as const;

export type IsolationKind = (typeof ISOLATION_KINDS)[number];

/** As far as the source of a processor tells; `computed`: it has one, and only running it would tell which. */
export type Isolation = IsolationKind | 'computed';

/** The isolation among the options of `@JobProcessor(emailJob, { … })`: the kind alone, or with settings. */
export function readIsolation(options: ts.Expression | undefined): Isolation | undefined {
  const value = options && propertyOf(options, 'isolation');
  if (!value || (ts.isIdentifier(value) && value.text === 'undefined')) return undefined;
  const written = propertyOf(value, 'kind') ?? value;
  if (!ts.isStringLiteralLike(written)) return 'computed';
  return ISOLATION_KINDS.find((kind) => kind === written.text) ?? 'computed';
}
