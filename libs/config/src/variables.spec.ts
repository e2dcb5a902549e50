import { addresses, rateOrOff } from './variables';

describe('a rate', () => {
  it.each([
    ['600/1m', { times: 600, window: 60_000 }],
    ['1/500ms', { times: 1, window: 500 }],
    ['off', 'off'],
  ])('is read from %s', (text, rate) => {
    expect(rateOrOff().parse(text)).toEqual(rate);
  });

  it.each(['', '600', '0/1m', '600/0s', '600/m', '1/1m/1m', '-1/1m', 'on', '1.5/1m'])(
    'is refused as %j',
    (text) => {
      expect(rateOrOff().safeParse(text).error?.issues).toMatchObject([
        { message: 'expected a number in a duration such as 600/1m or 10/1s, or off' },
      ]);
    },
  );
});

describe('a list of addresses', () => {
  it('has addresses and subnets of both kinds', () => {
    expect(addresses().parse('127.0.0.1, 10.0.0.0/8,::1,2001:db8::/32')).toEqual([
      '127.0.0.1',
      '10.0.0.0/8',
      '::1',
      '2001:db8::/32',
    ]);
  });

  it.each(['', 'proxy', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.1,', '10.0.0.0/x'])(
    'is refused as %j',
    (text) => {
      expect(addresses().safeParse(text).error?.issues).toMatchObject([
        {
          message: 'expected IP addresses and subnets such as 10.0.0.0/8, separated by commas',
        },
      ]);
    },
  );
});
