import type { ConnectedClient } from './connection-pool';
import { SESSION_SETTINGS, settingsOfProcess } from './session';
import { requireSession, type SessionConfig } from './session-check';

/**
 * Makes sure that the connections of a process keep their sessions, which a pooler in transaction mode does not.
 *
 * Where each connection is greeted by the process of the server that answers it, there is no pooler: one tells its
 * clients another number, since it has to know whom a request to cancel is for. Otherwise two connections are compared,
 * once: that takes several times as long as the rest of the connecting.
 */
export class Sessions {
  private areKept = false;

  constructor(private readonly config: SessionConfig) {}

  /**
   * Sends the first statement of a connection.
   *
   * @throws ConnectionProblem if a pooler in transaction mode is in between; the errors of a connection
   */
  async begin(client: ConnectedClient): Promise<void> {
    if (!this.areKept) {
      const { rowCount } = await client.query(settingsOfProcess(client.processID ?? 0));
      if (rowCount === 1) return;
      await requireSession(this.config);
      this.areKept = true;
    }
    await client.query(SESSION_SETTINGS);
  }
}
