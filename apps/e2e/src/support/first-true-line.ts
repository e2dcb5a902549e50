/** Lines of npm, Nx and Node.js that say nothing about the reason. */
const NOISE =
  /^(> |\$ |- |NX |✖ |✔ |Hint|Failed tasks|Running target|For more information|at |node:|npm (warn|notice)|npm error (`npm ci`|code|errno|path|command|A complete)|npm error$|\^+$|[|│]|\d+ +\||The bundle guard found|FAIL |PASS |● |⨯)/i;

/** What a program prints where it says what is wrong. */
const REASON =
  /(error|cannot|could not|failed|refus|invalid|no such|not found|unknown|unexpected|is not|must |missing|does not)/i;

/** A line that is a file, with a number or not. */
const FILE = /^\S+\.[cm]?[jt]sx?(:\d+)?$/;

/** The first line of a program's output that says what is wrong. */
export function firstTrueLine(output: string): string {
  const lines = output
    // Colours.
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) => line.trim());
  // The guard numbers what it finds, breaks its sentences into lines, and then shows the chain of files.
  const finding = lines.findIndex((line) => /^\d+\. /.test(line));
  if (finding !== -1) {
    const rest = lines.slice(finding);
    const end = rest.findIndex((line) => line === '' || FILE.test(line));
    return shorten(
      rest
        .slice(0, end === -1 ? undefined : end)
        .join(' ')
        .replace(/^\d+\. /, ''),
    );
  }
  const telling = lines.filter((line) => line !== '' && !NOISE.test(line));
  return shorten(telling.find((line) => REASON.test(line)) ?? telling[0] ?? 'no output');
}

/** The temporary folders of a run, which have another name in each. */
const TEMPORARY_FOLDER = /(file:\/\/)?\/\S*\/e2e-(workspace|worker)-\w+\//g;

function shorten(text: string): string {
  const line = text.replace(TEMPORARY_FOLDER, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
