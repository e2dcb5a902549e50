import { format, resolveConfig } from 'prettier';
import { apiDocument } from './api-document';
import { configSections } from './app-configs';
import { CONFIGURATION, envExample } from './env-example';
import { configTable } from './config-table';
import { errorClasses } from './error-classes';
import { errorPage, ERRORS } from './error-page';
import { floorTable } from './floor-table';
import { replaceBlock } from './generated-block';
import { SHUTDOWN, shutdownTable } from './shutdown-table';
import { inWorkspace, readText } from './workspace';

export interface GeneratedFile {
  /** Relative to the root of the workspace. */
  readonly path: string;
  readonly text: string;
}

/** Every file of which the code is the source, as it should be. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const sections = await configSections();
  const page = sections.reduce(
    (text, { name, rows }) => replaceBlock(text, name, configTable(rows)),
    readText(CONFIGURATION),
  );
  const contributing = ['libs/queue', 'tools/queue'].reduce(
    (text, project) => replaceBlock(text, project, floorTable(project)),
    readText('CONTRIBUTING.md'),
  );
  const shutdown = replaceBlock(readText(SHUTDOWN), 'shutdown budget', shutdownTable());
  const api = 'libs/queue/api.md';
  return [
    { path: api, text: await formatted(api, apiDocument('libs/queue')) },
    { path: 'CONTRIBUTING.md', text: await formatted('CONTRIBUTING.md', contributing) },
    { path: SHUTDOWN, text: await formatted(SHUTDOWN, shutdown) },
    { path: CONFIGURATION, text: await formatted(CONFIGURATION, page) },
    { path: '.env.example', text: envExample(sections) },
    { path: ERRORS, text: await formatted(ERRORS, errorPage(errorClasses())) },
  ];
}

async function formatted(path: string, text: string): Promise<string> {
  const options = await resolveConfig(inWorkspace(path));
  return format(text, { ...options, filepath: path });
}
