import type { WorkspaceCopy } from './workspace-copy';

/** The job that is measured: as generated, it only returns its input. */
export const JOB = 'sample-001';

const REGISTRY = 'apps/worker/src/processors.generated.ts';

function sampleName(index: number): string {
  return `sample-${String(index).padStart(3, '0')}`;
}

/** Generates the first sample job, which is measured, with the generator of the copy. */
export async function addSample(copy: WorkspaceCopy): Promise<void> {
  await copy.nx('generate', '@tools/queue:processor', JOB, '--no-interactive');
}

/**
 * Increases the number of sample jobs from one to `size`: with copies of the generated contract, processor and
 * test of the first one, which `nx sync` registers.
 */
export async function growSamples(copy: WorkspaceCopy, size: number): Promise<void> {
  const [contract, processor, spec] = [contractOf(JOB), ...processorFilesOf(JOB)] as const;
  for (let index = 2; index <= size; index++) {
    const name = sampleName(index);
    for (const file of [contract, processor, spec]) {
      await copy.write(file.replaceAll(JOB, name), renamed(await copy.read(file), index));
    }
  }
  if (size > 1) await copy.nx('sync');
}

/** How long the generator takes to add one more job, in milliseconds. Deletes the job again. */
export async function timeGenerator(copy: WorkspaceCopy): Promise<number> {
  const name = 'sample-extra';
  const registry = await copy.read(REGISTRY);
  const { ms } = await copy.nx('generate', '@tools/queue:processor', name, '--no-interactive');
  await copy.delete(contractOf(name), ...processorFilesOf(name), folderOf(name));
  await copy.write(REGISTRY, registry);
  return ms;
}

/** All generated names contain 001: sample-001, Sample001Processor, sample001Job. */
function renamed(source: string, index: number): string {
  return source.replaceAll('001', String(index).padStart(3, '0'));
}

function contractOf(name: string): string {
  return `libs/jobs/src/${name}.job.ts`;
}

function folderOf(name: string): string {
  return `apps/worker/src/processors/${name}`;
}

function processorFilesOf(name: string): [processor: string, spec: string] {
  const file = `${folderOf(name)}/${name}.processor`;
  return [`${file}.ts`, `${file}.spec.ts`];
}
