import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { isAlive } from '@libs/testing';
import { JobsReader, QueueModule } from '..';
import { type CompiledPrograms, compilePrograms } from '../isolation/testing/compile-program';
import { type ProbeAction, type ProbeJob, processProbe } from '../isolation/testing/probe.contract';
import { whereItRuns } from '../isolation/testing/where-it-runs';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

let programs: CompiledPrograms;

beforeAll(async () => {
  programs = await compilePrograms(
    'isolation/testing/probe.sandbox',
    'isolation/testing/probe.worker',
  );
});
afterAll(() => programs.remove());

describeOnEachStore('a job that runs isolated, in the process of a worker', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let producer: JobProducer<ProbeJob>;
  let worker: ChildProcess;

  beforeAll(async () => {
    for (const level of ['log', 'warn'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation();
    }
    store = await createTestStore(kind);
    app = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url }), QueueModule.forFeature(processProbe)],
    }).compile();
    await app.init();
    producer = app.get(getJobProducerToken(processProbe), { strict: false });
    const args = [programs.path('probe.worker'), store.url, programs.path('probe.sandbox')];
    worker = spawn(process.execPath, [...args, processProbe.name], {
      stdio: 'inherit',
      env: { ...process.env, PROBE_STORE: store.url },
    });
  });

  afterAll(async () => {
    worker.kill('SIGKILL');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
    await app.close();
    await store.drop();
  });

  async function cancelRunning(action: ProbeAction) {
    const job = await producer.add({ do: action });
    const { pid } = await whereItRuns({ jobs: app.get(JobsReader) }, job);
    const start = performance.now();
    const outcome = await producer.cancel(job.id, { wait: 20_000 });
    const status = await app.get(JobsReader).get(job.queue, job.id);
    return { id: job.id, pid, outcome, status, took: performance.now() - start };
  }

  it('has the signal in its sandbox, which goes on with the next job', async () => {
    const { id, pid, outcome, status, took } = await cancelRunning('hold');
    expect(outcome).toBe('cancelled');
    expect(status).toMatchObject({ state: 'cancelled', attempts: { made: 1 } });
    expect(took).toBeLessThan(2_000);
    const { logs } = await app.get(Queues).open(processProbe).getJobLogs(id);
    expect(logs).toEqual(['aborted: JobCancelledError']);
    expect(isAlive(pid)).toBe(true);
  });

  it('is killed after its grace if it ignores the signal, and its worker lives on', async () => {
    const { pid, outcome, status } = await cancelRunning('loop');
    expect(outcome).toBe('cancelled');
    expect(status).toMatchObject({ state: 'cancelled', attempts: { made: 1 } });
    expect(isAlive(pid)).toBe(false);
    expect(worker.exitCode).toBeNull();
    expect(await cancelRunning('hold')).toMatchObject({ outcome: 'cancelled' });
  });
});
