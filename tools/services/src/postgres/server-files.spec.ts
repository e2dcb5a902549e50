import { chmodSync, rmSync, statSync } from 'node:fs';
import { TemporaryWorkspace } from '../testing/temporary-workspace';
import { servicePaths } from '../service-paths';
import { status } from '../status';
import { up } from '../up';
import { refugeFolder } from './server-files';

// Only root must run Postgres as another user.
const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('started as root in a folder that is closed to others', () => {
  asRoot('keeps data and binaries where the account of Postgres can reach them', async () => {
    const workspace = new TemporaryWorkspace();
    chmodSync(workspace.root, 0o700);
    try {
      const { state, notices } = await up(workspace.root, {});
      expect(state.postgres?.dataFolder).toContain(refugeFolder(workspace.root));
      expect(statSync(state.postgres?.dataFolder ?? '').uid).not.toBe(0);
      expect(notices.join()).toContain(refugeFolder(workspace.root));
      rmSync(servicePaths(workspace.root).state);
      expect((await status(workspace.root)).postgres.running).toBe(true);
      const again = await up(workspace.root, {});
      expect(again.started).toEqual([]);
    } finally {
      await workspace.remove();
    }
    expect(statSync(refugeFolder(workspace.root), { throwIfNoEntry: false })).toBeUndefined();
  });
});
