import { AttemptAbort } from './attempt-abort';
import { runsAlone, SoloGate } from './solo-gate';

/** Lets promises that are already fulfilled take effect. */
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('a job that may be what ends its worker', () => {
  let gate: SoloGate;
  let begun: string[];

  beforeEach(() => {
    gate = new SoloGate({ quiet: 60_000, alone: 60_000 });
    begun = [];
  });

  /** @returns what ends the job */
  function begin(name: string, isSolo = false, abort = new AttemptAbort()) {
    const entered = Promise.resolve(gate.enter(isSolo, abort)).then((end) => {
      begun.push(name);
      return end;
    });
    entered.catch(() => undefined);
    return {
      entered,
      end: async () => {
        (await entered)();
      },
    };
  }

  it('is one that has lost its worker twice: once is often a deployment', () => {
    expect([0, 1, 2, 3].map((stalledCounter) => runsAlone({ stalledCounter }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('waits for those that run, and those that come wait for it', async () => {
    const first = begin('first');
    await first.entered;
    const suspect = begin('suspect', true);
    const later = begin('later');
    await tick();
    expect(begun).toEqual(['first']);

    await first.end();
    await suspect.entered;
    await tick();
    expect(begun).toEqual(['first', 'suspect']);

    await suspect.end();
    await later.entered;
    await later.end();
  });

  it('does not run beside another one', async () => {
    const suspects = [begin('one', true), begin('two', true)];
    await tick();
    expect(begun).toEqual(['one']);
    await suspects[0]?.end();
    await suspects[1]?.end();
    expect(begun).toEqual(['one', 'two']);
  });

  it('does not wait long for those that run', async () => {
    gate = new SoloGate({ quiet: 1, alone: 60_000 });
    const first = begin('first');
    const suspect = begin('suspect', true);
    await suspect.entered;
    const later = begin('later');
    await tick();
    expect(begun).toEqual(['first', 'suspect']);
    await Promise.all([first.end(), suspect.end(), later.end()]);
  });

  it('does not keep the others long', async () => {
    gate = new SoloGate({ quiet: 60_000, alone: 1 });
    const suspect = begin('suspect', true);
    const later = begin('later');
    await later.entered;
    expect(begun).toEqual(['suspect', 'later']);
    await Promise.all([suspect.end(), later.end()]);
  });

  it('gives up if it is aborted while it waits, and holds up no other one', async () => {
    const first = begin('first');
    const abort = new AttemptAbort();
    const suspect = begin('suspect', true, abort);
    const later = begin('later');
    await tick();
    abort.abort(new Error('the worker stops'));
    await expect(suspect.entered).rejects.toThrow('the worker stops');
    await later.entered;
    expect(begun).toEqual(['first', 'later']);
    await Promise.all([first.end(), later.end()]);
  });
});
