import { join } from 'node:path';
import { build } from 'esbuild';

const CLIENT = join(__dirname, 'src/page/client');

/** The file that the page of queues is served from. */
export const ASSETS = join(__dirname, 'src/page/assets/assets.generated.ts');

/**
 * The script and the styles of the page of queues as a module of texts, so that an application serves them without a
 * file beside its bundle, and without esbuild.
 */
export async function renderAssets(): Promise<string> {
  const [script, style, loginStyle] = await Promise.all([
    bundle('import "./main.ts";', 'ts'),
    bundle('@import "./page.css"; @import "./parts.css";', 'css'),
    bundle('@import "./login.css";', 'css'),
  ]);
  return `// Written by \`npx nx run queue:page\` from page/client. DO NOT EDIT.
export const SCRIPT = ${JSON.stringify(script)};
export const STYLE = ${JSON.stringify(style)};
export const LOGIN_STYLE = ${JSON.stringify(loginStyle)};
`;
}

async function bundle(contents: string, loader: 'ts' | 'css'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader, resolveDir: CLIENT },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // `light-dark()` stays as it is.
    target: loader === 'css' ? 'chrome123' : 'es2022',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  return outputFiles.map(({ text }) => text.trim()).join('');
}
