import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * The script and the styles of a page, as texts to put into its HTML.
 *
 * @param folder with `page.css` and `client/main`, a `.ts` or a `.js`
 */
export async function bundlePageParts(folder: string): Promise<{ script: string; style: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'client', 'main')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  const text = outputFiles.map((file) => file.text).join('');
  return {
    script: text.replaceAll('</script', '<\\/script').trim(),
    style: readFileSync(join(folder, 'page.css'), 'utf8'),
  };
}
