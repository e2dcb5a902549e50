import { QueueAccessError } from '../queue-access.error';
import { QueueFullError, QueueRefusingError } from '../queue-refusing.errors';
import { QueueUnreachableError } from '../queue-unreachable.error';
import { connectionError } from './connection-error';

const errorOf = (code: string) => Object.assign(new Error('its own words'), { code });

describe('what an error of Postgres means', () => {
  it.each([
    ['a connection that is refused', 'ECONNREFUSED', 'QUEUE_UNREACHABLE'],
    ['a server that stops', '57P01', 'QUEUE_UNREACHABLE'],
    ['a server that starts', '57P03', 'QUEUE_UNREACHABLE'],
    ['too many connections', '53300', 'QUEUE_REFUSING'],
    ['a server that is read only', '25006', 'QUEUE_REFUSING'],
    ['a server without memory', '53200', 'QUEUE_REFUSING'],
    ['a lock that somebody holds', '55P03', 'QUEUE_REFUSING'],
    ['a statement that was cancelled', '57014', 'QUEUE_REFUSING'],
    ['a disk that cannot be read', '58030', 'QUEUE_REFUSING'],
    ['a disk that is full', '53100', 'QUEUE_FULL'],
    ['a wrong password', '28P01', 'QUEUE_ACCESS'],
  ])('%s (%s): %s', (_, sqlState, code) => {
    const error = connectionError(errorOf(sqlState), 'db/jobs');
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain('its own words');
  });

  it('lets callers who wait for an unreachable store wait for one that refuses', () => {
    expect(connectionError(errorOf('25006'), 'db')).toBeInstanceOf(QueueUnreachableError);
    expect(connectionError(errorOf('25006'), 'db')).toBeInstanceOf(QueueRefusingError);
    expect(connectionError(errorOf('53100'), 'db')).toBeInstanceOf(QueueFullError);
    expect(connectionError(errorOf('28P01'), 'db')).toBeInstanceOf(QueueAccessError);
  });

  it.each(['42501', '40001', '23505', '22P05'])(
    'leaves an error of the statement as it is: %s',
    (code) => {
      const error = errorOf(code);
      expect(connectionError(error, 'db/jobs')).toBe(error);
    },
  );
});
