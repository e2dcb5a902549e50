import { join, relative } from 'node:path';
import { build } from 'esbuild';

/** The files of this library that come with an entry point. */
async function filesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(__dirname, entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    external: ['@libs/*'],
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).map((file) =>
    relative(__dirname, join(process.cwd(), file)).replaceAll('\\', '/'),
  );
}

describe('the entry points of this library', () => {
  it('give an application that only adds jobs nothing of what runs them', async () => {
    const files = await filesOf('index.ts');
    expect(files).toContain('producer/job-producer.ts');
    expect(files.filter((file) => /^(processor|isolation|worker|cli|testing)/.test(file))).toEqual(
      [],
    );
  });

  it('give the commands of a worker nothing of what runs jobs, and nothing for tests', async () => {
    const files = await filesOf('cli.ts');
    expect(files).toContain('cli/dead-command.ts');
    expect(files.filter((file) => /^(processor|isolation|worker|testing)/.test(file))).toEqual([]);
  });

  it('give an application that runs jobs nothing of what adds them, and nothing for tests', async () => {
    const files = await filesOf('consumer.ts');
    expect(files).toContain('processor/job-host.ts');
    expect(files.filter((file) => /^(producer|cli|testing)/.test(file))).toEqual([]);
  });
});
