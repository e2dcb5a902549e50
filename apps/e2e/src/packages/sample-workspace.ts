import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKSPACE_ROOT } from '@libs/testing';
import { type CommandResult, WorkspaceCopy } from '../support/workspace-copy';
import type { BuildLine, Sample } from './sample';
import { JOBS } from './sample-jobs';

const run = promisify(execFile);

const PROCESSORS = 'apps/worker/src/processors';
const PROJECT = 'apps/worker/project.json';
const INSTALLED = ['package.json', 'package-lock.json'];
const NPM = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** Where the samples' own code is. */
export const SAMPLES = join(__dirname, 'files');

/** A copy of the workspace with the three processors of a sample. One copy serves one sample after the other. */
export class SampleWorkspace {
  private constructor(
    private readonly copy: WorkspaceCopy,
    /** The files that each sample finds as they are now. */
    private readonly before: ReadonlyMap<string, string>,
  ) {}

  get root(): string {
    return this.copy.root;
  }

  /** @param env DATABASE_URL, which the migrations are applied to, and what else a worker needs */
  static async create(env: Record<string, string>): Promise<SampleWorkspace> {
    const copy = await WorkspaceCopy.create();
    await run('npx', ['tsx', '--tsconfig', 'tsconfig.base.json', 'apps/api/src/migrate.ts'], {
      cwd: copy.root,
      env: { ...process.env, ...env },
    });
    for (const [place, job] of Object.entries(JOBS)) {
      const isolation = place === 'build' ? [] : [`--isolation=${place}`];
      const { code, output } = await copy.nx(['g', '@tools/queue:processor', job, ...isolation]);
      if (code !== 0) throw new Error(`The generator failed:\n${output}`);
      const file = `${PROCESSORS}/${job}/${job}.processor.ts`;
      await copy.edit(file, 'return { id: data.id }', 'return { id: await work() }');
      await copy.edit(file, 'import ', "import { work } from './work';\nimport ");
    }
    const files = [...INSTALLED, PROJECT, specOf(JOBS.build)];
    const texts = files.map(async (file) => {
      return [file, await readFile(copy.path(file), 'utf8')] as const;
    });
    return new SampleWorkspace(copy, new Map(await Promise.all(texts)));
  }

  /** Puts one sample in the place of the one before, with nothing installed but its packages. */
  async take(sample: Sample): Promise<void> {
    await this.restore(INSTALLED);
    const modules = this.copy.path('node_modules');
    await rm(modules, { recursive: true, force: true });
    await linkFolder(join(WORKSPACE_ROOT, 'node_modules'), modules);
    const options = { cwd: this.root, env: { ...process.env, ...sample.environment } };
    await run(
      'npm',
      ['install', '--save-prod', '--save-exact', ...NPM, ...sample.packages],
      options,
    );
    for (const job of Object.values(JOBS)) await this.placeFiles(sample, job);
    for (const command of sample.prepare ?? []) {
      await run('sh', ['-c', command], options);
    }
    await this.writeSpec(sample);
    await this.setLine({});
  }

  /** Sets the options of the worker's build. */
  async setLine(line: BuildLine): Promise<void> {
    // Added to what the plugin infers.
    const project = {
      ...(JSON.parse(this.before.get(PROJECT) ?? '') as object),
      targets: { build: { options: line } },
    };
    await writeFile(this.copy.path(PROJECT), JSON.stringify(project, undefined, 2));
  }

  nx(args: string[], env: Record<string, string>): Promise<CommandResult> {
    return this.copy.nx(args, env);
  }

  path(...parts: string[]): string {
    return this.copy.path(...parts);
  }

  remove(): Promise<void> {
    return this.copy.remove();
  }

  private async restore(files: readonly string[]): Promise<void> {
    for (const file of files) await writeFile(this.path(file), this.before.get(file) ?? '');
  }

  private async placeFiles({ name }: Sample, job: string): Promise<void> {
    const folder = this.path(PROCESSORS, job);
    for (const entry of await readdir(folder)) {
      const isGenerated = entry.startsWith(`${job}.processor.`);
      if (!isGenerated) await rm(join(folder, entry), { recursive: true });
    }
    await cp(join(SAMPLES, name), folder, { recursive: true });
  }

  private async writeSpec({ result }: Sample): Promise<void> {
    await this.restore([specOf(JOBS.build)]);
    await this.copy.edit(
      specOf(JOBS.build),
      "result: { id: '42' }",
      `result: { id: ${JSON.stringify(result)} }`,
    );
  }
}

function specOf(job: string): string {
  return `${PROCESSORS}/${job}/${job}.processor.spec.ts`;
}

/**
 * Copies installed packages by hard links, in a second. npm replaces the files of packages, and never changes
 * them; what it and other tools do write to is left out.
 */
async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  const entries = (await readdir(from)).filter((name) => !name.startsWith('.') || name === '.bin');
  const sources = entries.map((name) => join(from, name));
  await run('cp', ['-al', ...sources, to]).catch(() =>
    run('cp', ['-R', ...sources, to], { maxBuffer: 1 << 24 }),
  );
}
