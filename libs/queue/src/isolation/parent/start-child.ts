import type { IsolationKind } from '../../options/isolation-options';
import type { Child, ChildOptions } from './child';
import { ProcessChild } from './process-child';
import { ThreadChild } from './thread-child';

const KINDS: Readonly<Record<IsolationKind, new (options: ChildOptions) => Child>> = {
  process: ProcessChild,
  thread: ThreadChild,
};

export function startChild(options: ChildOptions): Child {
  return new KINDS[options.kind](options);
}
