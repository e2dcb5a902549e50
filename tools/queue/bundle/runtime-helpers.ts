import type { Metafile } from 'esbuild';

/** A file of a bundle, before it is written. */
interface OutputFile {
  path: string;
  contents: Uint8Array;
}

interface Helper {
  readonly from: string;
  readonly to: string;
}

/**
 * Two functions that esbuild adds to a bundle are called thousands of times in each start:
 *
 * - `__toESM` copies all exports of a CommonJS module for each file that imports it. One copy serves them all, as a
 *   module has one namespace in Node; names that were added since are added to it.
 * - `__name` defines the name of a function again which has that name already.
 */
export const HELPERS: readonly Helper[] = [
  {
    from: '__toESM=(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:!0}):target,mod))',
    to:
      '__namespaces=[new WeakMap,new WeakMap],__newNamespace=(mod,isNodeMode,target)=>(target=mod!=null?__create(__getProtoOf(mod)):{},__copyProps(isNodeMode||!mod||!mod.__esModule?__defProp(target,"default",{value:mod,enumerable:!0}):target,mod)),' +
      '__toESM=(mod,isNodeMode)=>{' +
      'if(mod===null||typeof mod!="object"&&typeof mod!="function")return __newNamespace(mod,isNodeMode);' +
      'let known=__namespaces[isNodeMode||!mod.__esModule?1:0],made=known.get(mod),names=__getOwnPropNames(mod);' +
      'if(made&&made.names.length===names.length&&names.every((name,i)=>name===made.names[i]))return made.target;' +
      'known.set(mod,made={names,target:__newNamespace(mod,isNodeMode)});return made.target}',
  },
  {
    from: '__name=(target,value)=>__defProp(target,"name",{value,configurable:!0})',
    to: '__name=(target,value)=>target.name===value?target:__defProp(target,"name",{value,configurable:!0})',
  },
];

/**
 * Replaces {@link HELPERS} in the chunk that holds nothing else, where no source map refers to a column, and tells the
 * metafile its size. A bundle of one file has no such chunk, and stays as it is.
 */
export function quickenHelpers<File extends OutputFile>(
  files: readonly File[],
  { outputs }: Metafile,
): File[] {
  return files.map((file) => {
    const path = file.path.replaceAll('\\', '/');
    const output = Object.entries(outputs).find(([name]) => path.endsWith(`/${name}`))?.[1];
    if (!output || !path.endsWith('.js') || Object.keys(output.inputs).length > 0) return file;
    const text = HELPERS.reduce(
      (changed, { from, to }) => changed.replace(from, () => to),
      new TextDecoder().decode(file.contents),
    );
    const contents = new TextEncoder().encode(text);
    output.bytes = contents.length;
    return { ...file, contents };
  });
}
