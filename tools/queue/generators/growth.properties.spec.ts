import fc from 'fast-check';
import type { Tree } from '@nx/devkit';
import type { QueueCounts } from '../command/queue-counts';
import { grownTree } from '../testing/grown-tree';
import { textsOf } from '../testing/queue-tree';
import { externalJobs } from '../workspace/index';
import jobGenerator from './job/job';
import moveGenerator from './move/move';
import { findJob } from './plan/job-files';
import { KnownJobs } from './plan/known-jobs';
import { JobInUseError } from './plan/standing-in-the-way';
import { treeWorkspace } from './plan/tree-workspace';
import processorGenerator from './processor/processor';
import removeGenerator from './remove/remove';
import removeWorkerGenerator from './remove-worker/remove-worker';
import renameGenerator from './rename/rename';
import syncRegistries from './sync/sync';
import workerGenerator from './worker/worker';

const RUNS = Number(process.env['GROWTH_RUNS'] ?? 3);

const NAMES = ['invoice', 'send-letter', 'picture', 'report-day', 'cleanup', 'x2'];

/** Each is added once at most. */
const NEW_WORKERS = ['media', 'send-mail', 'reports'];

/** A virtual tree has no store. */
const empty = (): Promise<QueueCounts> =>
  Promise.resolve({
    store: 'none',
    waiting: 0,
    due: 0,
    delayed: 0,
    running: 0,
    failed: 0,
    waitingForChildren: 0,
  });

/** One command and the one that undoes it; `a` and `b` choose among what there is. */
interface Step {
  kind: 'job' | 'processor' | 'adopt' | 'move' | 'rename' | 'worker';
  a: number;
  b: number;
}

type Command = () => Promise<unknown>;

const other = (worker: string) => (worker === 'alpha' ? 'beta' : 'alpha');

/** What the tree says; the order of names in a list of processors means nothing. */
function stateOf(tree: Tree): Record<string, string> {
  const sorted = (text: string) =>
    text.replaceAll(/(?<=_PROCESSORS(?:=|\n +value: "))[^\n"]+/g, (list) =>
      list.split(/, ?/).sort().join(),
    );
  return Object.fromEntries(
    Object.entries(textsOf(tree)).map(([file, text]) => [file, sorted(text)]),
  );
}

/** What a step does to this tree; undefined if there is nothing that it could be done to. */
function commandsOf(tree: Tree, { kind, a, b }: Step): { run: Command; undo: Command } | undefined {
  const skipFormat = true;
  const jobs = new KnownJobs(treeWorkspace(tree));
  const existing = jobs.contracts.flatMap(({ name }) => name ?? []);
  const pick = (names: readonly string[], index: number) => names[index % names.length];
  const free = pick(
    NAMES.filter((name) => !existing.includes(name)),
    a,
  );
  const worker = b % 2 === 0 ? 'alpha' : 'beta';
  const remove = (name: string, keepContract = false) =>
    removeGenerator(tree, { name, keepContract, skipFormat }, empty);
  if (kind === 'job') {
    return free === undefined
      ? undefined
      : { run: () => jobGenerator(tree, { name: free, skipFormat }), undo: () => remove(free) };
  }
  if (kind === 'processor') {
    const options = { name: free, worker, skipFormat };
    return free === undefined
      ? undefined
      : { run: () => processorGenerator(tree, options), undo: () => remove(free) };
  }
  if (kind === 'adopt') {
    const job = pick([...externalJobs(tree)], a);
    return job === undefined
      ? undefined
      : {
          run: () => processorGenerator(tree, { job, worker, skipFormat }),
          undo: () => remove(job, true),
        };
  }
  if (kind === 'worker') {
    const known = treeWorkspace(tree).workers.map((each) => each.name);
    const name = pick(
      NEW_WORKERS.filter((each) => !known.includes(each)),
      a,
    );
    if (name === undefined) return undefined;
    return {
      run: () => workerGenerator(tree, { name, skipFormat }),
      undo: () => removeWorkerGenerator(tree, { name, skipFormat }),
    };
  }
  if (kind === 'move') {
    const name = pick(jobs.processed, a);
    if (name === undefined) return undefined;
    const from = findJob(treeWorkspace(tree), name).processor?.worker ?? '';
    const move = (to: string) => moveGenerator(tree, { name, to, skipFormat });
    return { run: () => move(other(from)), undo: () => move(from) };
  }
  const name = pick(
    existing.filter((job) => !externalJobs(tree).has(job)),
    b,
  );
  if (name === undefined || free === undefined) return undefined;
  const rename = (from: string, newName: string) =>
    renameGenerator(tree, { name: from, newName, skipFormat }, empty);
  return { run: () => rename(name, free), undo: () => rename(free, name) };
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('job', 'processor', 'adopt', 'move', 'rename', 'worker'),
    a: fc.nat(20),
    b: fc.nat(20),
  }),
  { minLength: 1, maxLength: 8 },
);

it.each(['wildcard', 'barrel'] as const)(
  'after any sequence of commands nothing is out of sync, and undoing each gives the files of before (contracts by %s)',
  async (contracts) => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const tree = grownTree({ contracts });
        const first = stateOf(tree);
        const done: Command[] = [];
        for (const step of sequence) {
          const before = stateOf(tree);
          const commands = commandsOf(tree, step);
          try {
            await commands?.run();
          } catch (error) {
            // A process that runs only this job: refused, and nothing is written.
            if (!(error instanceof JobInUseError)) throw error;
            expect(stateOf(tree)).toEqual(before);
            continue;
          }
          if (!commands) continue;
          expect(stateOf(tree)).not.toEqual(before);
          expect(syncRegistries(tree)).toBeUndefined();
          await commands.undo();
          expect(stateOf(tree)).toEqual(before);
          await commands.run();
          done.push(commands.undo);
        }
        for (const undo of done.reverse()) await undo();
        expect(stateOf(tree)).toEqual(first);
      }),
      { numRuns: RUNS },
    );
  },
);
