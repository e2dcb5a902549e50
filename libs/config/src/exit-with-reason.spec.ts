import { ConfigError, describeFailure, PortUnavailableError } from '.';
import { failureLine } from './exit-with-reason';

class QueueError extends Error {
  readonly userFacing = true;
}

describe('the reason that a process ends for', () => {
  it('is the message alone when a person can repair it', () => {
    const error = new ConfigError([
      { name: 'PORT', problem: 'is wrong', description: 'The port.' },
    ]);
    expect(describeFailure(error)).toBe(error.message);
    expect(describeFailure(new QueueError('Start the store.'))).toBe('Start the store.');
  });

  it('is the whole stack when it is a defect', () => {
    expect(describeFailure(new TypeError('boom'))).toMatch(/TypeError: boom\n\s+at /);
  });

  it('names the port and the variable when the port is taken', () => {
    const taken = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
    const error = PortUnavailableError.from(taken, { port: 3000, variable: 'PORT' });
    expect(describeFailure(error)).toBe(
      'Port 3000 is already in use. Stop the process that listens there, or set PORT to a free port.',
    );
  });

  it('is one object in a log of JSON', () => {
    const line = failureLine(new QueueError('Start the store.\nNow.'), 'json', 'worker');
    expect(JSON.parse(line)).toMatchObject({
      level: 'fatal',
      message: 'Start the store.\nNow.',
      process: 'worker',
      pid: process.pid,
    });
    expect(line).not.toContain('\n');
  });

  it('leaves an error alone that is not about the port', () => {
    const other = new Error('other');
    expect(PortUnavailableError.from(other, { port: 3000, variable: 'PORT' })).toBe(other);
  });
});
