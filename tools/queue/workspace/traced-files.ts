import { DiskFiles } from './source-files';

/** The workspace as it is on disk, with the files that were asked for, also those that are not there. */
export class TracedFiles extends DiskFiles {
  readonly seen = new Set<string>();

  override read(path: string): string | null {
    this.seen.add(path);
    return super.read(path);
  }

  override isFile(path: string): boolean {
    this.seen.add(path);
    return super.isFile(path);
  }
}
