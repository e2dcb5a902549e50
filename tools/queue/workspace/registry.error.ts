import { PluginError } from './plugin.error';
import type { RegistryProblem } from './registry-problem';

/**
 * Contracts, processors and the registries of the workers do not fit together.
 *
 * To do: fix each problem as the message says; for a stale registry, run `npx nx sync`.
 */
export class RegistryError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_REGISTRY';
  readonly problems: readonly RegistryProblem[];

  constructor(problems: readonly RegistryProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    const list = problems.map(({ message }) => `- ${message}`).join('\n');
    super(`The job registry has ${count}:\n${list}`);
    this.problems = problems;
  }
}
