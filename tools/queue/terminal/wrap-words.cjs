// Breaks sentences between words where a terminal would break them inside of one. Plain JavaScript, because `npx queue`
// has messages before anything of the plugin is compiled.
'use strict';

const { stripVTControlCharacters } = require('node:util');

/** Before what a terminal shows in one piece: JSON, a frame of a stack, a command to copy. */
const WHOLE = /^(?:\s*[{}[\]]|\s+"|\s+at |\s*(?:npx|pnpm|yarn|bunx?) (?!.*: ))/;

/** Cells of a table, lines of a tree (└), a piece of a source (│). In ASCII, as a packed program is. */
const COLUMNS = /\S {2,}\S|[\u2502\u2514]|^\s*>? *\d+ *\|/;

/** A command at the end of a sentence, such as `Run: npx nx build worker`. */
const COMMAND = /(?<=(?:[:?,]|See) )(?:npx|pnpm|yarn|bunx?) (?:(?!\. |, |; | \().)*$/;

/**
 * Breaks a line between words. A word that is longer than a line stays whole, so that an address can be clicked on; so
 * does a command at its end, which could not be copied otherwise.
 */
function wrapWords(line, columns, indent = '') {
  if (columns === undefined || widthOf(line) <= columns) return line;
  const lines = [];
  let current = '';
  let isEmpty = true;
  for (const word of wordsOf(line)) {
    if (!isEmpty && widthOf((current + word).trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = indent;
    }
    current += word;
    isEmpty = stripVTControlCharacters(current).trim() === '';
  }
  return [...lines, current].join('\n');
}

/** Each word with the spaces after it; those before the first one are a part of their own. */
function wordsOf(line) {
  const [command = ''] = COMMAND.exec(line) ?? [];
  const words = line.slice(0, line.length - command.length).split(/(?<= )(?=[^ ])/);
  return command === '' ? words : [...words, command];
}

/** Breaks the lines of a text that are sentences. Tables, JSON and commands stay as they are. */
function wrapSentences(text, columns) {
  if (columns === undefined || text.length <= columns) return text;
  return text
    .split('\n')
    .map((line) => {
      const shown = stripVTControlCharacters(line);
      if (shown.length <= columns || WHOLE.test(shown) || COLUMNS.test(shown)) return line;
      return wrapWords(line, columns, /^ */.exec(shown)?.[0]);
    })
    .join('\n');
}

/** From now on the sentences that are written to these streams are broken between words, if they are terminals. */
function wrapOutput(...streams) {
  for (const stream of streams.filter(({ isTTY }) => isTTY)) {
    const write = stream.write.bind(stream);
    // A terminal that does not know its width says 0.
    stream.write = (chunk, ...rest) =>
      write(
        typeof chunk === 'string' ? wrapSentences(chunk, stream.columns || undefined) : chunk,
        ...rest,
      );
  }
}

/** Without the codes of colours. */
function widthOf(text) {
  return stripVTControlCharacters(text).length;
}

module.exports = { wrapOutput, wrapSentences, wrapWords };
