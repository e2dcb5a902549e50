import { hasTestRedis, RedisSentinels } from '.';

const describeOnRedis = hasTestRedis() ? describe : describe.skip;

describeOnRedis('a set of sentinels', () => {
  let set: RedisSentinels;

  beforeAll(async () => {
    set = await RedisSentinels.start({
      options: { requirepass: 'secret' },
      sentinelPassword: 'own',
    });
  });

  afterAll(() => set.close());

  it('has a URL with both passwords, and names the master', async () => {
    expect(set.url).toMatch(
      /^redis\+sentinel:\/\/:secret@127\.0\.0\.1:\d+,[\d.:]+,[\d.:]+\/mymaster\?sentinel_password=own$/,
    );
    expect(await set.master()).toBe(set.servers[0]);
  });

  it('replaces the master when told to, and again when it is dead', async () => {
    const [first, second] = set.servers;
    expect(await set.failOver()).toBe(second);
    // It must have become a replica that is in step, or nothing could take over.
    await set.untilInStep();
    await second?.kill();
    expect(await set.failOver()).toBe(first);
  });
});
