import { runExperiment, startPrivateServers, switchFlag } from '@tools/experiment';
import { readResults, resultOf, writeResults } from './results';
import { PLACES, type Sample, type SampleResult, WORKS, worksEverywhere } from './sample';
import { SampleJobs } from './sample-jobs';
import { SampleWorkspace } from './sample-workspace';
import { samples } from './samples';
import { trySample } from './try-sample';

const command = {
  target: 'e2e:packages',
  about:
    'Tries npm packages in processors: in a shipped build, isolated, in serve, and in a test. Writes\n' +
    'docs/reference/packages.md. Without names: those that have no result for their version yet.',
  flags: {
    all: switchFlag('try all of them again'),
    failed: switchFlag('try those again that did not work everywhere'),
  },
  names: { of: 'package', known: samples.map(({ name }) => name) },
};

runExperiment(command, async ({ scratch, progress, throwIfStopped }, values, names) => {
  let results = await readResults();
  const isWanted = (sample: Sample): boolean => {
    if (names.length > 0) return names.includes(sample.name);
    const result = resultOf(results, sample);
    return values.all || result === undefined || (values.failed && !worksEverywhere(result));
  };
  const wanted = samples.filter(isWanted);
  if (wanted.length === 0) progress('All packages have a result. Try them again with --all.');
  else await tryAll(wanted);
  await writeResults(results, samples);

  async function tryAll(chosen: readonly Sample[]): Promise<void> {
    const servers = await startPrivateServers(scratch);
    const { url } = servers.postgres;
    try {
      // With both set, nothing is started for the worker.
      const env = { DATABASE_URL: url, SMTP_URL: 'smtp://127.0.0.1:25' };
      const workspace = await SampleWorkspace.create(env);
      const jobs = await SampleJobs.open(url);
      try {
        for (const [index, sample] of chosen.entries()) {
          throwIfStopped();
          const started = performance.now();
          const result = await trySample(sample, { workspace, jobs, env });
          throwIfStopped();
          results = [...results.filter(({ name }) => name !== sample.name), result];
          // At once, so that a run which is stopped has not been for nothing.
          await writeResults(results, samples);
          const seconds = Math.round((performance.now() - started) / 1_000);
          progress(`${index + 1}/${chosen.length} ${describe(result)} (${seconds} s)`);
        }
      } finally {
        await jobs.close();
        await workspace.remove();
      }
    } finally {
      await servers.close();
    }
  }
});

function describe(result: SampleResult): string {
  const { name, kind, outcomes } = result;
  if (worksEverywhere(result)) return `${name}: works (${kind})`;
  const wrong = PLACES.filter((place) => outcomes[place] !== WORKS);
  return [`${name}: (${kind})`, ...wrong.map((place) => `    ${place}: ${outcomes[place]}`)].join(
    '\n',
  );
}
