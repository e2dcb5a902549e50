import type { Project } from './queue-workspace';
import type { SourceFiles } from './source-files';

/** Those that Docker looks for. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

const BEGIN = '# generated: begin workers';
const END = '# generated: end workers';

/** A file and the text that it should have. */
export interface ComposeChange {
  file: string;
  next: string;
  /** One line a service that was added or removed. */
  details: string[];
}

/**
 * What has to change so that the compose file of a workspace runs each of its workers: one service a worker, between two
 * comments that the file must have. Undefined if nothing has to, or if the file does not ask for it.
 */
export function composeChange(
  files: SourceFiles,
  workers: readonly Project[],
): ComposeChange | undefined {
  const file = COMPOSE_FILES.find((name) => files.isFile(name));
  const current = file === undefined ? undefined : files.read(file, 'utf-8');
  if (file === undefined || !current) return undefined;
  const match = new RegExp(`^( *)${BEGIN}\\n([^]*?)^ *${END}$`, 'm').exec(current);
  if (match === null) return undefined;
  const [whole, indent = '', before = ''] = match;
  const services = workers.map(({ name, root }) => `${name}: { <<: *worker, build: dist/${root} }`);
  const lines = [BEGIN, NOTE, ...services, END].map((line) => `${indent}${line}`);
  const next = current.replace(whole, () => lines.join('\n'));
  if (next === current) return undefined;
  const known = before.split('\n').map((line) => line.trim());
  return {
    file,
    next,
    details: [
      ...services.filter((line) => !known.includes(line)).map((line) => `adds     ${line}`),
      ...known
        .filter((line) => line !== '' && !line.startsWith('#') && !services.includes(line))
        .map((line) => `removes  ${line}`),
    ],
  };
}

const NOTE =
  '# By `nx sync`, for each worker of the workspace: what they have in common stands in x-worker.';
