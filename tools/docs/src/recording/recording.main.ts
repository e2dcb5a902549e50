/*
 * npx nx run docs:recording
 *
 * Records what a newcomer sees in the first minutes: `npm start`, a job, and a job of one's own by the generator. It
 * runs in a copy of the workspace, with services of its own, and takes the ports 3000 and 3001.
 *
 * Output    docs/pictures/first-minutes.svg, whose clock shows the time that it took here; waits are shown shorter.
 */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyWorkspace, PseudoTerminal } from '@libs/testing';
import { Recording, Tab } from './recording';
import { recordingSvg } from './recording-svg';

const WORKSPACE = resolve(__dirname, '../../../..');
const FILE = join(WORKSPACE, 'docs/pictures/first-minutes.svg');
const SIZE = { columns: 80, rows: 26 };
const DESCRIPTION =
  'A terminal: npm start brings up PostgreSQL, the api and the worker and runs a first job; ' +
  'a generator adds the job email, the worker restarts with it, and a command sends one and follows it to its end';

const EMAIL = `npx queue enqueue --job=email --data='{"id":"1"}' --wait`;

async function main(): Promise<void> {
  if (!PseudoTerminal.isAvailable()) {
    throw new Error('There is no terminal to record: `script` of util-linux cannot make one here.');
  }
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  // Started by root, Postgres runs as another account.
  chmodSync(folder, 0o755);
  const workspace = join(folder, 'workspace');
  const { PATH, HOME } = process.env;
  const options = {
    cwd: workspace,
    env: { PATH, HOME, NX_DAEMON: 'false' },
    columns: SIZE.columns,
  };
  const opened: PseudoTerminal[] = [];
  const open = (command: string) => (): PseudoTerminal => {
    const terminal = new PseudoTerminal(command, options);
    opened.push(terminal);
    return terminal;
  };
  try {
    await copyWorkspace(workspace);
    const recording = new Recording(SIZE);
    const [first, second] = [new Tab('Terminal 1'), new Tab('Terminal 2')];
    const run = async (command: string): Promise<void> => {
      let code: number | null | undefined;
      const start = () => {
        const terminal = open(command)();
        void terminal.ended.then((ended) => (code = ended));
        return terminal;
      };
      await recording.command(second, command, start, () => code !== undefined);
      if (code !== 0) throw new Error(`${command} ended with exit code ${code ?? 'none'}.`);
    };

    const start = await recording.command(first, 'npm start', open('npm start'), (terminal) =>
      terminal.screen.includes('Stop: Ctrl-C'),
    );
    await run('npx nx g @tools/queue:processor email --no-interactive');
    const restarted = () => /Running email\b[^]*\[Worker\] Ready/.test(start.screen);
    first.lines = [];
    await recording.watch(first, start, restarted);
    await run(EMAIL);
    writeFileSync(FILE, recordingSvg(recording.frames, SIZE, DESCRIPTION));
    console.log(`${FILE}: ${recording.frames.length} frames, ${statSync(FILE).size} bytes`);
  } finally {
    for (const terminal of opened) terminal.interrupt();
    await Promise.all(opened.map((terminal) => terminal.ended));
    const down = new PseudoTerminal('npx nx run services:down', options);
    await down.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
