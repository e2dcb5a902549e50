/** esbuild's namespace of the packages that are left out; they are in the metafile under it. */
export const LEFT_OUT = 'left-out';
