import type { ProjectGraph } from '@nx/devkit';
import { BundleError } from '../bundle/bundle.error';
import type { BundleSettings } from '../bundle/bundle-settings';
import { Bundler } from '../bundle/bundler';
import { formatFindings } from '../guard/format-findings';
import { guard } from '../guard/guard';
import { readGuardFacts } from '../guard/read-facts';
import { PluginError } from '../workspace/index';

/** In milliseconds: how long after a change to begin, so that the application starts first. */
const WAIT = 1_500;

export interface BundleCheckOptions {
  settings: BundleSettings;
  /** The project graph as it is now. */
  readGraph: () => Promise<ProjectGraph>;
  onLine: (line: string) => void;
}

/**
 * Says while an application is served what a build would refuse: a package that no package.json declares,
 * for example, is there in the workspace all the same. Nothing waits for it.
 */
export class BundleCheck {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private checked: string | undefined;
  private shown = '';
  private isStopped = false;

  constructor(private readonly options: BundleCheckOptions) {}

  /** `imports` stands for all that the sources import. As long as it is the same, so is the answer. */
  request(imports: string): void {
    if (imports === this.checked || this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.start(imports);
    }, WAIT);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async start(imports: string): Promise<void> {
    await this.running;
    if (this.isStopped) return;
    this.checked = imports;
    this.running = this.run();
    await this.running;
  }

  private async run(): Promise<void> {
    const { settings, onLine } = this.options;
    const problem = await this.findProblem();
    if (this.isStopped || problem === this.shown) return;
    this.shown = problem;
    if (problem === '') {
      onLine(`A build of "${settings.project}" would succeed again.`);
      return;
    }
    onLine(`A build of "${settings.project}" would fail:`);
    for (const line of problem.split('\n')) onLine(`  ${line}`);
  }

  /** Empty if a build would succeed. */
  private async findProblem(): Promise<string> {
    const { settings, readGraph } = this.options;
    const bundler = new Bundler(settings);
    try {
      const [bundle, graph] = await Promise.all([bundler.bundle(), readGraph()]);
      const { findings, entries } = guard(readGuardFacts(settings, bundle, graph));
      return findings.length === 0
        ? ''
        : formatFindings(settings.project, findings, 'The application runs all the same.', entries);
    } catch (error) {
      if (error instanceof BundleError) return await error.format(false);
      if (error instanceof PluginError) return error.message;
      // Nx could not read the workspace just now, in the middle of a change: the next change asks again.
      this.checked = undefined;
      return this.shown;
    } finally {
      await bundler.dispose();
    }
  }
}
