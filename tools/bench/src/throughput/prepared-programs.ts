import type { ThroughputProgram } from './measure-program';

/** Programs with the servers that they need. */
export interface PreparedPrograms {
  readonly programs: ThroughputProgram[];
  readonly notes: readonly string[];
  /** What is known when all programs have run. */
  conclude(): readonly string[];
  close(): Promise<void>;
}
