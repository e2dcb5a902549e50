/**
 * Breaks a line between words, where a terminal would break it inside of one. A word that is longer than a line stays
 * whole, so that an address can be clicked on; so does a command at its end, which could not be copied otherwise.
 *
 * @param columns the width of the terminal; undefined: there is none, and the line stays as it is
 * @param indent begins each further line
 */
export function wrapWords(line: string, columns: number | undefined, indent?: string): string;

/**
 * Breaks the lines of a text that are sentences; where they go on, they are indented as they began. Tables, JSON, stacks
 * and lines that are commands stay as they are.
 *
 * @param columns the width of the terminal; undefined: there is none, and the text stays as it is
 */
export function wrapSentences(text: string, columns: number | undefined): string;

/** From now on the sentences that are written to these streams are broken between words, if they are terminals. */
export function wrapOutput(...streams: NodeJS.WriteStream[]): void;
