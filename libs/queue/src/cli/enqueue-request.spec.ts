import { enqueueRequest } from './enqueue-request';

describe('the options of enqueue', () => {
  it('mean one job that may run at once, by default', () => {
    expect(enqueueRequest({})).toEqual({
      data: {},
      children: undefined,
      count: 1,
      delay: 0,
      wait: false,
    });
    expect(
      enqueueRequest({ data: '{"to":"a@b.c"}', count: 3, delay: 500, wait: true }),
    ).toMatchObject({ data: { to: 'a@b.c' }, count: 3, delay: 500, wait: true });
  });

  it('may hold children, by their name in the contract', () => {
    const children = { days: [{ data: { day: 1 }, children: { hours: [{ data: 7 }] } }] };
    expect(enqueueRequest({ children: JSON.stringify(children) })).toMatchObject({ children });
  });

  it.each([
    [{ data: '{to:1}' }, 'in single quotes'],
    [{ data: '' }, '--data is not JSON'],
    [{ children: '{' }, '--children is not JSON'],
    [{ children: '[]' }, '--children must be lists of children by their name'],
    [{ children: '{"days":{}}' }, '--children must be lists'],
    [{ children: '{"days":[{"day":"2027-01-01"}]}' }, 'each with its data'],
    [{ children: '{"days":[{"data":1,"children":{"hours":[2]}}]}' }, '--children must be lists'],
    [{ count: 0 }, '--count must be a whole number of at least 1'],
    [{ count: 1.5 }, '--count must be a whole number of at least 1'],
    [{ delay: -1 }, '--delay must be a whole number of milliseconds'],
    [{ delay: 1e15 }, '--delay must be a whole number of milliseconds from 0 to 3155760000000'],
  ])('are refused if they are %j', (options, sentence) => {
    expect(() => enqueueRequest(options)).toThrow(sentence);
  });
});
