import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { templateManifest } from './template-manifest';
import { templatePaths } from './template-paths';
import { templateNxJson, templateTsConfig } from './template-settings';
import { templateTexts } from './template-texts';

/** Files that a new workspace has otherwise than this one. */
const OWN = join(__dirname, 'files');

/**
 * The files of a new workspace, by their paths: those of this one that `template-paths.ts` chooses, changed as
 * `template-texts.ts` says, and a few of its own. `<%= name %>` stands for its name.
 *
 * @throws PackageError if the list of files or of changes is out of date
 */
export function workspaceTemplate(workspaceRoot: string): Map<string, string> {
  const ours = new Map(
    templatePaths(workspaceRoot).map((path) => [
      // What is left of the plugin's folder serves tests only.
      path.replace(/^tools\/queue\/(?:.*\/)?/, 'tools/jest/'),
      readFileSync(join(workspaceRoot, path), 'utf8'),
    ]),
  );
  const texts = templateTexts(ours);
  for (const path of filesBelow(OWN)) texts.set(path, readFileSync(join(OWN, path), 'utf8'));
  const paths = new Set(texts.keys());
  for (const [path, text] of texts) {
    if (path.endsWith('/src/index.ts')) texts.set(path, withoutMissing(path, text, paths));
  }
  const change = (path: string, to: (text: string, paths: ReadonlySet<string>) => string) =>
    texts.set(path, to(texts.get(path) ?? '', paths));
  change('nx.json', templateNxJson);
  change('tsconfig.base.json', templateTsConfig);
  texts.set('package.json', templateManifest(workspaceRoot, texts));
  return texts;
}

/** Writes the template for `generateFiles` of Nx. npm would not pack a file that is called `.gitignore`. */
export function writeTemplate(texts: ReadonlyMap<string, string>, folder: string): void {
  for (const [path, text] of texts) {
    const file = join(folder, `${path}.template`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A list of exports, without those of files that are not there. */
function withoutMissing(path: string, text: string, paths: ReadonlySet<string>): string {
  return text.replace(/^export [^;]*? from '\.\/([^']+)';\n/gms, (line, name: string) =>
    paths.has(`${posix.dirname(path)}/${name}.ts`) ? line : '',
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
