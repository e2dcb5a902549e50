import ts from 'typescript';

/** Every module that a compiled file names: `.js` with `require`, or `.d.ts`. */
export function moduleNames(text: string): string[] {
  return found(text).map(({ fileName }) => fileName);
}

/** @param rename returns another name, or `undefined` for the same one */
export function renameModules(text: string, rename: (name: string) => string | undefined): string {
  return found(text).reduceRight((result, { fileName, pos }) => {
    const name = rename(fileName);
    // The position is that of the quotation mark.
    const start = pos + 1;
    return name === undefined
      ? result
      : result.slice(0, start) + name + result.slice(start + fileName.length);
  }, text);
}

const found = (text: string): ts.FileReference[] =>
  ts.preProcessFile(text, true, true).importedFiles;
