import { posix } from 'node:path';
import { CONTRACT_SUFFIX } from '../../workspace/index';
import type { JobFiles } from '../plan/job-files';

/** Where the files of a job go that are named after it; those that stay are left out. */
export function renamedFiles(
  { job, contract, processor }: JobFiles,
  next: string,
): Map<string, string> {
  const moves = new Map<string, string>();
  const contractFolder = posix.dirname(contract.file);
  moves.set(contract.file, `${contractFolder}/${next}${CONTRACT_SUFFIX}`);
  if (processor) {
    const { folder, files } = processor;
    const isNamed = folder !== undefined && posix.basename(folder) === job;
    const target = isNamed ? `${posix.dirname(folder)}/${next}` : folder;
    for (const file of files) {
      const path = folder === undefined ? file : `${target ?? folder}${file.slice(folder.length)}`;
      const name = posix.basename(path);
      const named = name.startsWith(`${job}.`) ? next + name.slice(job.length) : name;
      const to = posix.join(posix.dirname(path), named);
      if (to !== file) moves.set(file, to);
    }
  }
  return moves;
}
