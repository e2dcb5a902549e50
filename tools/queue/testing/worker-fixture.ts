import { buildApp } from '../builder/build-app';
import type { BuildOptions } from '../bundle/build-options';
import { FixtureWorkspace, projectGraph } from './fixture-workspace';

const NATIVE = 'native-thing';

/**
 * A small worker with two processors, built for real: `pictures` is isolated, and needs a package with
 * native code and one that `texts` needs too; `texts` needs one of its own. No package of this workspace
 * is in it.
 */
export class WorkerFixture {
  readonly workspace = new FixtureWorkspace();
  readonly graph = projectGraph({
    runner: {
      root: 'apps/runner',
      tags: ['queue:worker'],
      dependsOn: [
        'runtime',
        'jobs',
        'unused-lib',
        NATIVE,
        'shared-pkg',
        'texts-pkg',
        'start-pkg',
      ].map(npmName),
    },
    other: { root: 'apps/other', dependsOn: ['npm:other-pkg'] },
    jobs: { root: 'libs/jobs', tags: ['queue:jobs'], dependsOn: ['runtime'] },
    runtime: { root: 'libs/runtime', tags: ['queue:runtime'] },
    'unused-lib': { root: 'libs/unused', dependsOn: ['npm:unused-pkg'] },
  });

  constructor() {
    const { workspace } = this;
    workspace.paths({
      '@acme/runtime': ['./libs/runtime/src/index.ts'],
      '@acme/runtime/*': ['./libs/runtime/src/*.ts'],
      '@acme/jobs/*': ['./libs/jobs/src/*.job.ts'],
    });
    for (const name of ['shared-pkg', 'texts-pkg', 'start-pkg', 'other-pkg', 'unused-pkg']) {
      workspace.install(name, {}, { 'index.js': moduleOf(name) });
    }
    workspace.install(NATIVE, { gypfile: true }, { 'index.js': 'x'.repeat(5_000) });
    workspace.declare(
      Object.fromEntries(
        [NATIVE, 'shared-pkg', 'texts-pkg', 'start-pkg', 'other-pkg'].map((name) => [name, '*']),
      ),
    );
    workspace.write(SOURCES);
  }

  async build(options: BuildOptions = {}): Promise<void> {
    const settings = this.workspace.settings('runner', 'apps/runner', options, ['queue:worker']);
    await buildApp(settings, this.graph);
  }

  remove(): void {
    this.workspace.remove();
  }
}

function npmName(name: string): string {
  return name.includes('-pkg') || name === NATIVE ? `npm:${name}` : name;
}

/** Some kilobytes that are not dropped. */
function moduleOf(name: string): string {
  return `module.exports = ${JSON.stringify(name.repeat(200))};\n`;
}

const SOURCES = {
  'apps/runner/tsconfig.json': '{ "extends": "../../tsconfig.base.json" }',
  'apps/runner/src/main.ts': `
import start from 'start-pkg';
import { processors } from './processors.generated';
console.log(start);
for (const load of Object.values(processors)) void load();
`,
  'apps/runner/src/sandbox.ts': `
import start from 'start-pkg';
import { processors } from './processors.generated';
import { child } from './child';
console.log(start, child);
void processors[process.argv[2]]();
`,
  'apps/runner/src/child.ts': `export const child = 'a child';`,
  'apps/runner/src/processors.generated.ts': `
export const processors = {
  'pictures': () => import('./processors/pictures/pictures.processor'),
  'texts': () => import('./processors/texts/texts.processor'),
};
`,
  'apps/runner/src/processors/pictures/pictures.processor.ts': `
import { JobProcessor } from '@acme/runtime/consumer';
import { picturesJob } from '@acme/jobs/pictures';
import { resize } from './resize';
@JobProcessor(picturesJob, { isolation: 'process' })
export class PicturesProcessor {
  handle() {
    return resize();
  }
}
`,
  'apps/runner/src/processors/pictures/resize.ts': `
import native from 'native-thing';
import shared from 'shared-pkg';
export const resize = () => [native, shared];
`,
  'apps/runner/src/processors/texts/texts.processor.ts': `
import { JobProcessor } from '@acme/runtime/consumer';
import { textsJob } from '@acme/jobs/texts';
import shared from 'shared-pkg';
import texts from 'texts-pkg';
@JobProcessor(textsJob)
export class TextsProcessor {
  handle() {
    return [shared, texts];
  }
}
`,
  'apps/runner/src/forgotten.ts': `export const forgotten = true;`,
  'apps/other/src/main.ts': `import other from 'other-pkg'; console.log(other);`,
  'libs/jobs/src/pictures.job.ts': `
import { defineJob } from '@acme/runtime';
export const picturesJob = defineJob({ name: 'pictures' });
`,
  'libs/jobs/src/texts.job.ts': `
import { defineJob } from '@acme/runtime';
export const textsJob = defineJob({ name: 'texts' });
`,
  'libs/runtime/src/index.ts': `export const defineJob = <T>(job: T): T => job;`,
  'libs/runtime/src/consumer.ts': `
export const JobProcessor = (job: object, options?: object) => (target: object) => {
  Object.assign(target, { job, options });
};
`,
  'libs/runtime/src/testing.ts': `export {};`,
};
