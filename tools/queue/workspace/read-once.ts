/**
 * Remembers what a function has read from the text of a file, until the file has another text: a generator reads the same
 * files several times, and parsing some hundred of them is most of what it does. Callers must not change what they get.
 *
 * @param read a function of nothing but its arguments
 */
export function readOnce<Others extends readonly string[], Result>(
  read: (file: string, text: string, ...others: Others) => Result,
): (file: string, text: string, ...others: Others) => Result {
  const known = new Map<string, { text: string; result: Result }>();
  return (file, text, ...others) => {
    const key = [file, ...others].join('\0');
    const last = known.get(key);
    if (last?.text === text) return last.result;
    const result = read(file, text, ...others);
    known.set(key, { text, result });
    return result;
  };
}
