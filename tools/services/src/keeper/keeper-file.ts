import { readJsonFile } from '../json-file';

/** `.services/keeper.json`, written by the keeper once it listens. */
export interface KeeperFile {
  pid: number;
  /** See processStart(). */
  start: string;
  startedAt: string;
  smtpPort: number;
  httpPort: number;
}

export function readKeeperFile(file: string): KeeperFile | undefined {
  return readJsonFile(file) as KeeperFile | undefined;
}

export const smtpUrl = ({ smtpPort }: KeeperFile): string => `smtp://127.0.0.1:${smtpPort}`;
export const mailboxUrl = ({ httpPort }: KeeperFile): string => `http://127.0.0.1:${httpPort}`;
