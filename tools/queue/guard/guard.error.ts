import { BuildError } from '../bundle/build.error';
import type { Finding } from './finding';
import { formatFindings } from './finding';

/** The bundle breaks a rule. The message has every breach, its import chain, and what to do. */
export class GuardError extends BuildError {
  override readonly name = 'GuardError';
  readonly findings: readonly Finding[];

  constructor(project: string, findings: readonly Finding[]) {
    super(formatFindings(project, findings));
    this.findings = findings;
  }
}
