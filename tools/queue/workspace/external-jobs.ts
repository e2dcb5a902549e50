import { parseJson } from '@nx/devkit';
import { PLUGIN_NAME } from './plugin-name';
import type { SourceFiles } from './source-files';

interface NxJsonPart {
  sync?: { generatorOptions?: Record<string, { externalJobs?: string[] } | undefined> };
}

/**
 * The jobs whose contract is here and whose processor runs in another workspace, from nx.json:
 * `{ "sync": { "generatorOptions": { "@tools/queue:sync": { "externalJobs": ["invoice"] } } } }`.
 */
export function externalJobs(files: SourceFiles): Set<string> {
  const nxJson = parseJson<NxJsonPart>(files.read('nx.json', 'utf-8') ?? '{}');
  return new Set(nxJson.sync?.generatorOptions?.[`${PLUGIN_NAME}:sync`]?.externalJobs ?? []);
}
