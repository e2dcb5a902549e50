import { exec } from './exec';
import { ServicesError } from './services.error';

describe('running a command with the variables of development', () => {
  const node = (code: string) => [process.execPath, '-e', code];

  it('gives it the variables, and ends with its exit code', async () => {
    const env = { ...process.env, EXIT_WITH: '7' };
    expect(await exec(node('process.exit(Number(process.env.EXIT_WITH))'), env)).toBe(7);
    expect(await exec(node(''), env)).toBe(0);
  });

  it('fails when the command was killed', async () => {
    expect(await exec(node('process.kill(process.pid, "SIGKILL")'), process.env)).toBe(1);
  });

  it('says so when there is no such command', async () => {
    const running = exec(['no-such-command'], process.env);
    await expect(running).rejects.toThrow(ServicesError);
    await expect(running).rejects.toThrow('The command "no-such-command" cannot be run: ');
  });
});
