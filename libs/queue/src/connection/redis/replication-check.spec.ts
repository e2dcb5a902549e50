import { replicationWarning } from './replication-check';

const info = (...lines: string[]): string =>
  ['# Replication', 'role:master', ...lines].join('\r\n');
const warning = (replicas: number, ...lines: string[]) =>
  replicationWarning(info(...lines), 'redis:6379/0', replicas);

describe('the warning about replicas', () => {
  it('says that a failover loses jobs, if a server has replicas and waits for none', () => {
    expect(warning(0, 'connected_slaves:2')).toContain('a failover loses those');
  });

  it('is not given for a server without replicas, or one that is guarded', () => {
    expect(warning(0, 'connected_slaves:0')).toBeUndefined();
    expect(warning(0, 'connected_slaves:2', 'min_slaves_good_slaves:2')).toBeUndefined();
    expect(warning(1, 'connected_slaves:2')).toBeUndefined();
    expect(replicationWarning('', 'redis:6379/0', 0)).toBeUndefined();
  });

  it('says that nothing can be added, if fewer are attached than must have each job', () => {
    expect(warning(2, 'connected_slaves:1')).toContain('nothing can be added');
  });
});
