import { PluginError } from './plugin.error';
import type { RegistryProblem } from './registry-problem';

/** Contracts, processors and registries do not fit together; the message lists every problem. */
export class RegistryError extends PluginError {
  readonly problems: readonly RegistryProblem[];

  constructor(problems: readonly RegistryProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    const list = problems.map(({ message }) => `- ${message}`).join('\n');
    super(`The job registry has ${count}:\n${list}`);
    this.problems = problems;
  }
}
