import { relative, sep } from 'node:path';
import type { Bundle } from '../bundle/bundler';

/**
 * Of a bundle that was made in another folder, with packages of the workspace: names them as in the workspace.
 *
 * esbuild writes the path of a CommonJS package into the code, to be seen in stack traces, and from another folder it
 * is a longer one. Without this the same sources would have another size there.
 */
export function namePackages<Made extends Pick<Bundle, 'files' | 'metafile'>>(
  bundle: Made,
  root: string,
  workspaceRoot: string,
): Made {
  const prefix = `${relative(root, workspaceRoot).split(sep).join('/')}/`;
  const metafile = structuredClone(bundle.metafile);
  for (const { path, contents } of bundle.files) {
    const name = relative(root, path).split(sep).join('/');
    const output = metafile.outputs[name];
    if (!output || !name.endsWith('.js')) continue;
    const text = new TextDecoder().decode(contents);
    output.bytes -= (text.split(prefix).length - 1) * prefix.length;
    for (const [input, part] of Object.entries(output.inputs)) {
      const isNamed = input.startsWith(prefix) && text.includes(`${JSON.stringify(input)}(`);
      if (isNamed) part.bytesInOutput -= prefix.length;
    }
  }
  const named = JSON.stringify(metafile).replaceAll(`"${prefix}`, '"');
  return { ...bundle, metafile: JSON.parse(named) as Bundle['metafile'] };
}
