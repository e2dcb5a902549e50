import { rejectAfter } from '../timing/reject-after';

/** In milliseconds: a store that takes longer counts as down. Prometheus waits for 10 s by default, KEDA for 3 s. */
const PATIENCE = 2_500;

/** Rejects if the store takes too long for those who ask often. */
export function inTime<Value>(asked: Promise<Value>): Promise<Value> {
  return rejectAfter(PATIENCE, asked, () => new Error('no answer in time'));
}
