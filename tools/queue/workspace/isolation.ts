import ts from 'typescript';
import { propertyOf } from './parse-source';

/** What `isolation` of `@JobProcessor` may be: where its jobs run, if not in the worker itself. */
export const ISOLATION_KINDS = ['process', 'thread'] as const;

export type IsolationKind = (typeof ISOLATION_KINDS)[number];

/** As the source of a processor shows it; `computed`: it has one that is known only at run time. */
export type Isolation = IsolationKind | 'computed';

/** The isolation among the options of `@JobProcessor(emailJob, { … })`: the kind alone, or with settings. */
export function readIsolation(options: ts.Expression | undefined): Isolation | undefined {
  const value = options && propertyOf(options, 'isolation');
  if (!value || (ts.isIdentifier(value) && value.text === 'undefined')) return undefined;
  const written = propertyOf(value, 'kind') ?? value;
  if (!ts.isStringLiteralLike(written)) return 'computed';
  return ISOLATION_KINDS.find((kind) => kind === written.text) ?? 'computed';
}
