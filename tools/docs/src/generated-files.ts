import { format, resolveConfig } from 'prettier';
import { configSections } from './app-configs';
import { CONFIGURATION, envExample } from './env-example';
import { configTable } from './config-table';
import { replaceBlock } from './generated-block';
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
  return [
    { path: CONFIGURATION, text: await formatted(CONFIGURATION, page) },
    { path: '.env.example', text: envExample(sections) },
  ];
}

async function formatted(path: string, text: string): Promise<string> {
  const options = await resolveConfig(inWorkspace(path));
  return format(text, { ...options, filepath: path });
}
