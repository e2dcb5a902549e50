import type { StoreUse } from '../../options/store-options';
import type { ConnectedClient } from './connection-pool';
import { SESSION_SETTINGS, settingsOfProcess } from './session';
import { requireSession, type SessionConfig } from './session-check';

/**
 * Whether the connections of a process keep their sessions, which a pooler in transaction mode does not.
 *
 * A process that stays compares two connections at its start. A command that ends at once does without them where each
 * connection is greeted by the process of the server that answers it: any pooler tells its clients another number.
 */
export class Sessions {
  private areKept = false;

  constructor(
    private readonly config: SessionConfig,
    private readonly use: StoreUse,
  ) {}

  /** @throws ConnectionProblem if a pooler in transaction mode is in between; the errors of a connection */
  async require(): Promise<void> {
    // A command's connection finds out as it begins.
    if (this.use === 'service') await this.compare();
  }

  /**
   * Sends the first statement of a connection.
   *
   * @throws the errors of {@link require}
   */
  async begin(client: ConnectedClient): Promise<void> {
    if (this.use === 'command' && !this.areKept) {
      const { rowCount } = await client.query(settingsOfProcess(client.processID ?? 0));
      if (rowCount === 1) return;
      await this.compare();
    }
    await client.query(SESSION_SETTINGS);
  }

  private async compare(): Promise<void> {
    if (this.areKept) return;
    await requireSession(this.config);
    this.areKept = true;
  }
}
