import { PluginError } from '../workspace/index';
import type { Finding } from './finding';
import { formatFindings } from './format-findings';
import type { MissingEntry } from './missing-entries';

/**
 * A bundle breaks a rule of the bundle guard: it holds what it should not.
 *
 * To do: follow the import chain of each breach in the message, and follow the instruction below it.
 */
export class GuardError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_GUARD';
  readonly findings: readonly Finding[];

  constructor(
    project: string,
    findings: readonly Finding[],
    entries: readonly MissingEntry[] = [],
  ) {
    super(formatFindings(project, findings, 'Nothing was written.', entries));
    this.findings = findings;
  }
}
