import type { Bell } from './bell';

/**
 * Repeats a step, with pauses in between, so that the steps take at most a share of the time: for work that is not urgent,
 * on something that others use.
 *
 * @param share above 0, at most 1
 * @param stopping once it is rung, a pause ends and no step begins
 * @param step @returns whether there is more to do
 * @throws what a step throws
 */
export async function repeatAtShare(
  share: number,
  stopping: Bell,
  step: () => Promise<boolean>,
): Promise<void> {
  while (stopping.rings === 0) {
    const started = performance.now();
    if (!(await step())) return;
    const taken = performance.now() - started;
    await stopping.after(0, taken * (1 / share - 1));
  }
}
