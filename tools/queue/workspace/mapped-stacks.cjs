// Stack traces of a packed program name the lines of its sources: Node.js maps those of its own modules only.
'use strict';

const { dirname, resolve } = require('node:path');

/** Maps the frames of the files of a folder in all stack traces by their source maps, which are read when there are any. */
function mapStacks(folder) {
  const maps = new Map();
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => {
      const file = frame.getFileName();
      if (!file || dirname(file) !== folder) return `\n    at ${frame}`;
      if (!maps.has(file)) maps.set(file, readMap(file));
      return `\n    at ${mapped(frame, file, maps.get(file))}`;
    });
    return `${title(error)}${lines.join('')}`;
  };
}

/** Undefined if there is none: the trace is then that of the packed file. */
function readMap(file) {
  const { readFileSync } = require('node:fs');
  const { SourceMap } = require('node:module');
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return { findEntry: () => ({}) };
  }
}

function mapped(frame, file, map) {
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  if (originalSource === undefined) return String(frame);
  const source = resolve(dirname(file), originalSource);
  return String(frame).replace(
    `${file}:${line}:${column}`,
    () => `${source}:${originalLine + 1}:${originalColumn + 1}`,
  );
}

function title(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

module.exports = { mapStacks };
