import { reasonOf } from '../../text/reason-of';
import { rebuildError } from '../wire/error-transfer';
import type { ForwardedMethod } from '../wire/forwarded-methods';
import type { ParentChannel } from './parent-channel';
import type { ToChild } from '../wire/sandbox-protocol';

type Answer = Extract<ToChild, { type: 'answer' }>;

/** The pending method calls of this child to its parent. */
export class ParentCalls {
  private readonly open = new Map<number, (answer: Answer) => void>();
  private calls = 0;

  constructor(private readonly parent: Pick<ParentChannel, 'send'>) {}

  /** @throws the method's error in the parent. */
  call(run: number, method: ForwardedMethod, args: readonly unknown[]): Promise<unknown> {
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      this.open.set(call, ({ value, error }) => {
        if (error === undefined) resolve(value);
        else reject(rebuildError(error));
      });
      try {
        this.parent.send({ type: 'call', run, call, method, args });
      } catch (error) {
        this.open.delete(call);
        reject(new Error(reasonOf(error), { cause: error }));
      }
    });
  }

  answer(answer: Answer): void {
    this.open.get(answer.call)?.(answer);
    this.open.delete(answer.call);
  }
}
